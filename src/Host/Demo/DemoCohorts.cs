namespace Muster.Host.Demo;

/// <summary>The demo's cohorts.</summary>
internal static class DemoCohorts
{
    /// <summary>The profile property that takes people out of the power users while the demo runs.</summary>
    public const string AccountStatus = "Account Status";

    /// <summary>Its value for everyone at first.</summary>
    public const string Open = "Open";

    /// <summary>Its value for those who left.</summary>
    public const string Closed = "Closed";

    /// <summary>How often a power user opens the app in two weeks, at least.</summary>
    public const int PowerOpens = 10;

    /// <summary>Exported once.</summary>
    public const string NewUsers = "New Users";

    /// <summary>Kept true.</summary>
    public const string PowerUsers = "Power Users";

    public const string NewUsersDefinition = """{ "profile": "$created", "inTheLast": { "n": 14, "unit": "day" } }""";

    public static readonly string PowerUsersDefinition = $$"""
        { "all": [
            { "event": "Opened App", "window": { "last": { "n": 14, "unit": "day" } }, "count": { "gte": {{PowerOpens}} } },
            { "profile": "{{AccountStatus}}", "isNot": ["{{Closed}}"] }
        ] }
        """;
}
