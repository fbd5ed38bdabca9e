namespace Muster.Bench.Cohorts;

/// <summary>What is asked, as a definition and as a person would write it in SQL for this one store.</summary>
internal sealed record Question(string Name, string Definition, string Sql)
{
    private const string Canonical = "coalesce(a.canonical_id, e.user_id)";

    private const string PageViews = $"""
        SELECT {Canonical} AS u FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.event_id = 1 AND e.time >= $now::TIMESTAMP - INTERVAL 7 DAY AND e.time <= $now::TIMESTAMP
        """;

    private const string Profiles = "SELECT user_id AS u FROM profile WHERE json_extract_string(properties, '/plan') IN ('pro', 'team') AND CAST(json_extract(properties, '/seats') AS DOUBLE) >= 25";

    private const string Q1Definition = """{"event":"Page View","window":{"last":{"n":7,"unit":"day"}},"count":{"gt":10}}""";
    private const string Q3Definition = """{"profile":"plan","is":["pro","team"]},{"profile":"seats","gte":25}""";

    public static readonly IReadOnlyList<Question> All =
    [
        new("Q1", Q1Definition, $"SELECT u FROM ({PageViews}) GROUP BY u HAVING count(*) > 10"),
        new(
            "Q2",
            """
            {"event":"Page View","where":[{"property":"country","is":["DE"]},{"property":"amount","gte":20}],"window":{"last":{"n":7,"unit":"day"}},"count":{"gt":10}}
            """,
            $"SELECT u FROM ({PageViews} AND json_extract_string(e.properties, '/country') = 'DE' AND CAST(json_extract(e.properties, '/amount') AS DOUBLE) >= 20) GROUP BY u HAVING count(*) > 10"),
        new("Q3", $$"""{"all":[{{Q3Definition}}]}""", Profiles),
        new(
            "Q4",
            $$$$$"""{"all":[{{{{{Q1Definition}}}}},{{{{{Q3Definition}}}}},{"not":{"event":"Purchase","window":{"last":{"n":30,"unit":"day"}}}}]}""",
            $"""
            SELECT u FROM (SELECT u FROM ({PageViews}) GROUP BY u HAVING count(*) > 10) q SEMI JOIN ({Profiles}) p USING (u)
            ANTI JOIN (SELECT {Canonical} AS u FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
                       WHERE e.event_id = 2 AND e.time >= $now::TIMESTAMP - INTERVAL 30 DAY AND e.time <= $now::TIMESTAMP) b USING (u)
            """),
        new(
            "Q5",
            """{"event":"$any","window":{"last":{"n":14,"unit":"day"}},"distinctDays":{"gte":5}}""",
            $"""
            SELECT u FROM (SELECT {Canonical} AS u, e.time::DATE AS d FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
                           WHERE e.time >= $now::TIMESTAMP - INTERVAL 14 DAY AND e.time <= $now::TIMESTAMP)
            GROUP BY u HAVING count(DISTINCT d) >= 5
            """),
        new(
            "ten conditions on one range",
            "{\"any\":[" + string.Join(",", Enumerable.Range(11, 10).Select(n => Q1Definition.Replace("10", n.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))) + "]}",
            $"SELECT u FROM ({PageViews}) GROUP BY u HAVING count(*) > 11"),
    ];
}
