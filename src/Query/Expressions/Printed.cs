namespace Muster.Query.Expressions;

/// <summary>What is known of a value before it is looked at.</summary>
internal enum SqlType
{
    /// <summary>Nothing: its SQL is the value's JSON as text, NULL when it is undefined or null.</summary>
    Json,

    /// <summary>A BOOLEAN, NULL when undefined.</summary>
    Boolean,

    /// <summary>A BOOLEAN that is never NULL.</summary>
    Truth,

    /// <summary>A DOUBLE, NULL when undefined.</summary>
    Number,

    /// <summary>A VARCHAR, NULL when undefined.</summary>
    Text,

    /// <summary>A TIMESTAMP in UTC, NULL when undefined.</summary>
    Moment,

    /// <summary>A VARCHAR[] of the elements' JSON, NULL when undefined.</summary>
    List,
}

/// <summary>A part of an expression as DuckDB SQL.</summary>
/// <param name="Type">What is known of its value.</param>
/// <param name="Sql">The SQL; it holds no value of the expression, only parameters.</param>
internal readonly record struct Printed(SqlType Type, string Sql)
{
    private const string NumberText = """'"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"'""";
    private const string NumberPlain = """'-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?'""";

    // A year of 0000 is no date; DuckDB would take it for one.
    private const string MomentText =
        """'([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?'""";

    /// <summary>The value when it is a number, as DOUBLE; else NULL.</summary>
    public string Number => Type switch
    {
        SqlType.Number => Sql,
        // What begins with neither a quote nor a bracket and is neither true nor false is a number.
        SqlType.Json => $"CASE WHEN NOT starts_with({Sql}, '\"') THEN TRY_CAST({Sql} AS DOUBLE) END",
        _ => "CAST(NULL AS DOUBLE)",
    };

    /// <summary>The value when it is a text, as VARCHAR; else NULL.</summary>
    public string Text => Type switch
    {
        SqlType.Text => Sql,
        // A text without a backslash is what stands between its quotes; any other is read.
        SqlType.Json =>
            $"CASE WHEN starts_with({Sql}, '\"') THEN CASE WHEN contains({Sql}, '\\') THEN json_extract_string({Sql}, '$') ELSE trim({Sql}, '\"') END END",
        _ => "CAST(NULL AS VARCHAR)",
    };

    /// <summary>The value when it is a boolean; else NULL.</summary>
    public string Boolean => Type switch
    {
        SqlType.Boolean or SqlType.Truth => Sql,
        SqlType.Json => $"CASE {Sql} WHEN 'true' THEN true WHEN 'false' THEN false END",
        _ => "CAST(NULL AS BOOLEAN)",
    };

    /// <summary>Whether the value is true; never NULL.</summary>
    public string Truth => Type switch
    {
        SqlType.Truth => Sql,
        SqlType.Boolean => $"coalesce({Sql}, false)",
        SqlType.Json => $"coalesce({Sql} = 'true', false)",
        _ => "false",
    };

    /// <summary>The moment that a value is or means: a text with date, or date and time, in UTC unless it says otherwise; a number of seconds or milliseconds.</summary>
    public string Moment => Type switch
    {
        SqlType.Moment => Sql,
        SqlType.Text => MomentOfText(Sql),
        SqlType.Number => MomentOfNumber(Sql),
        SqlType.Json => $"CASE WHEN starts_with({Sql}, '\"') THEN {MomentOfText($"trim({Sql}, '\"')")} ELSE {MomentOfNumber($"TRY_CAST({Sql} AS DOUBLE)")} END",
        _ => "CAST(NULL AS TIMESTAMP)",
    };

    /// <summary>The JSON of the elements when the value is a list, as VARCHAR[]; else NULL.</summary>
    public string Elements => Type switch
    {
        SqlType.List => Sql,
        SqlType.Json => $"CASE WHEN starts_with({Sql}, '[') THEN CAST(json_extract({Sql}, '$[*]') AS VARCHAR[]) END",
        _ => "CAST(NULL AS VARCHAR[])",
    };

    /// <summary>The value as JSON text, as the element of a list.</summary>
    public string Json => Type switch
    {
        SqlType.Json => Sql,
        SqlType.Number => NumberAsText(Sql),
        _ => $"CAST(to_json({Sql}) AS VARCHAR)",
    };

    /// <summary>The number that a value is cast to.</summary>
    public string AsNumber => Type switch
    {
        SqlType.Number => Sql,
        SqlType.Boolean or SqlType.Truth => $"CASE {Sql} WHEN true THEN 1e0 WHEN false THEN 0e0 END",
        SqlType.Text => $"CASE WHEN regexp_full_match({Sql}, {NumberPlain}) THEN TRY_CAST({Sql} AS DOUBLE) END",
        SqlType.Json =>
            $"CASE WHEN {Sql} = 'true' THEN 1e0 WHEN {Sql} = 'false' THEN 0e0 WHEN starts_with({Sql}, '\"') THEN CASE WHEN regexp_full_match({Sql}, {NumberText}) THEN TRY_CAST(trim({Sql}, '\"') AS DOUBLE) END ELSE TRY_CAST({Sql} AS DOUBLE) END",
        _ => "CAST(NULL AS DOUBLE)",
    };

    /// <summary>The boolean that a value is cast to: whether a number is not 0, and a text not empty.</summary>
    public string AsBoolean => Type switch
    {
        SqlType.Boolean or SqlType.Truth => Sql,
        SqlType.Number => $"{Sql} <> 0e0",
        SqlType.Text => $"{Sql} <> ''",
        SqlType.Json => $"coalesce({Boolean}, {Number} <> 0e0, CASE WHEN starts_with({Sql}, '\"') THEN {Sql} <> '\"\"' END)",
        _ => "CAST(NULL AS BOOLEAN)",
    };

    /// <summary>The text that a value is cast to.</summary>
    public string AsText => Type switch
    {
        SqlType.Text => Sql,
        SqlType.Boolean or SqlType.Truth => $"CASE {Sql} WHEN true THEN 'true' WHEN false THEN 'false' END",
        SqlType.Number => NumberAsText(Sql),
        SqlType.Json => $"CASE WHEN {Sql} IN ('true', 'false') THEN {Sql} WHEN starts_with({Sql}, '\"') THEN {Text} ELSE {NumberAsText($"TRY_CAST({Sql} AS DOUBLE)")} END",
        SqlType.Moment => $"strftime({Sql}, '%Y-%m-%dT%H:%M:%S')",
        _ => "CAST(NULL AS VARCHAR)",
    };

    // A whole number has no point and no zero behind it.
    private static string NumberAsText(string number) =>
        $"CASE WHEN {number} = trunc({number}) AND abs({number}) < 1e15 THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) ELSE CAST({number} AS VARCHAR) END";

    private static string MomentOfText(string text)
    {
        // DuckDB wants seconds before a zone, and a zone where one is meant.
        var seconds = $"regexp_replace({text}, '^(.{{16}})([Z+-].*)?$', '\\1:00\\2')";
        var zoned = $"CASE WHEN regexp_matches({text}, '[T ].*(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$') THEN {seconds} WHEN length({text}) = 10 THEN {text} || ' 00:00:00Z' ELSE {seconds} || 'Z' END";
        return $"CASE WHEN regexp_full_match({text}, {MomentText}) THEN timezone('UTC', TRY_CAST({zoned} AS TIMESTAMPTZ)) END";
    }

    // From 1e11 on these are milliseconds, as in events.
    private static string MomentOfNumber(string number) =>
        $"CASE WHEN abs({number}) < 253402300800000 THEN make_timestamp(CAST(round(CASE WHEN {number} >= 1e11 THEN {number} * 1e3 WHEN abs({number}) < 1e11 THEN {number} * 1e6 END) AS BIGINT)) END";
}
