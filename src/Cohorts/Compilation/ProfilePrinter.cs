using Muster.Cohorts.Definition;
using Muster.Cohorts.Promotion;

namespace Muster.Cohorts.Compilation;

/// <summary>Prints conditions on profiles alone, however they are nested, as one scan of the profiles.</summary>
internal sealed class ProfilePrinter(SqlDialect dialect, Func<string, PromotedProperty?> promoted)
{
    /// <summary>Whether a condition asks for nothing but the profile.</summary>
    public static bool Covers(Condition condition) => condition switch
    {
        Condition.All(var of) => of.All(Covers),
        Condition.Any(var of) => of.All(Covers),
        Condition.Not(var of) => Covers(of),
        _ => condition is Condition.Profile,
    };

    /// <summary>
    /// Those who satisfy the condition; or, when people without a profile do, those who do not.
    /// </summary>
    public MemberSet Print(Condition condition, string projectId)
    {
        var columns = new ValueColumns(dialect.Values, "p", promoted);
        var without = HoldsWithoutProfile(condition);
        var predicate = $"{(without ? "NOT " : "")}{Predicate(condition, columns)}";
        var rows = $"""
            SELECT p.user_id{columns.Select}
            FROM profile p
            WHERE p.project_id = {projectId}
            """;
        if (columns.Through > 0)
        {
            // Those that changed a moment ago are not filled yet.
            var through = dialect.Parameters.Add((long)columns.Through);
            rows = $"""
                SELECT p.user_id{columns.SelectFilled}
                FROM profile p
                WHERE p.project_id = {projectId} AND p.promoted_through >= {through}
                UNION ALL
                {rows} AND p.promoted_through < {through}
                """;
        }

        return new MemberSet($"""
            SELECT user_id
            FROM (
            {Sql.Indented(rows)}
            ) p
            WHERE {predicate}
            """, Complement: without);
    }

    private static bool HoldsWithoutProfile(Condition condition) => condition switch
    {
        Condition.All(var of) => of.All(HoldsWithoutProfile),
        Condition.Any(var of) => of.Any(HoldsWithoutProfile),
        Condition.Not(var of) => !HoldsWithoutProfile(of),
        _ => condition is Condition.Profile { Test.Test: Test.Not },
    };

    private string Predicate(Condition condition, ValueColumns columns) => condition switch
    {
        Condition.All(var of) => $"({string.Join(" AND ", of.Select(c => Predicate(c, columns)))})",
        Condition.Any(var of) => $"({string.Join(" OR ", of.Select(c => Predicate(c, columns)))})",
        Condition.Not(var of) => $"(NOT {Predicate(of, columns)})",
        Condition.Profile(var test) => dialect.Values.Print(test.Test, columns.Of(test.Property)),
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "not a condition on profiles alone"),
    };
}
