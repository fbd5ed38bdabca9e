namespace Muster.Bench.Cohorts;

/// <summary>What is asked, as a definition and as a person would write it in SQL for this one store.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Definition">The cohort; null: the monthly tracked users of last month are asked for.</param>
/// <param name="Sql">The same by hand: a SELECT with a row for each member.</param>
internal sealed record Question(string Name, string? Definition, string Sql)
{
    private const string Canonical = "coalesce(a.canonical_id, e.user_id)";

    private const string PageViews = $"""
        SELECT {Canonical} AS u FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.event_id = 1 AND e.time >= $now::TIMESTAMP - INTERVAL 7 DAY AND e.time <= $now::TIMESTAMP
        """;

    private const string Profiles = "SELECT user_id AS u FROM profile WHERE json_extract_string(properties, '/plan') IN ('pro', 'team') AND CAST(json_extract(properties, '/seats') AS DOUBLE) >= 25";

    private const string Q1Definition = """{"event":"Page View","window":{"last":{"n":7,"unit":"day"}},"count":{"gt":10}}""";
    private const string Q3Definition = """{"profile":"plan","is":["pro","team"]},{"profile":"seats","gte":25}""";

    /// <summary>Those with a target of their own.</summary>
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
            "MTU",
            null,
            $"""
            SELECT DISTINCT {Canonical} AS u FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
            WHERE e.time >= date_trunc('month', $now::TIMESTAMP) - INTERVAL 1 MONTH AND e.time < date_trunc('month', $now::TIMESTAMP)
              AND NOT (e.source IS NOT DISTINCT FROM 'iterable' AND e.event_id IN (11, 12))
            """),
    ];

    /// <summary>The ranges of events that <see cref="Ten"/> reads.</summary>
    public const int RangesOfTen = 3;

    /// <summary>Ten conditions over few ranges of events, each a definition of its own.</summary>
    public static readonly IReadOnlyList<string> Ten =
    [
        PageView("""
            "count":{"gt":10}
            """),
        PageView("""
            "count":{"gt":20},"where":[{"property":"country","is":["DE","FR"]}]
            """),
        PageView("""
            "distinctDays":{"gte":6}
            """),
        PageView("""
            "sum":{"of":"amount","gt":1000}
            """),
        Of("Purchase", 30, """
            "count":{"gte":5}
            """),
        Of("Purchase", 30, """
            "sum":{"of":"amount","gt":800}
            """),
        Of("Purchase", 30, """
            "distinct":{"of":"country","gte":5}
            """),
        Of("Search", 14, """
            "count":{"gte":4}
            """),
        Of("Search", 14, """
            "where":[{"property":"step","gt":5}],"count":{"gte":3}
            """),
        Of("Search", 14, """
            "max":{"of":"amount","gt":99.5}
            """),
    ];

    private static string PageView(string rest) => Of("Page View", 7, rest);

    private static string Of(string name, int days, string rest) =>
        $$$"""{"event":"{{{name}}}","window":{"last":{"n":{{{days}}},"unit":"day"}},{{{rest.Trim()}}}}""";
}
