namespace Muster.Cohorts.Compilation;

/// <summary>
/// The members of a cohort as one SELECT: its one column <c>user_id</c> holds each member's canonical id once. It can
/// stand alone or as <c>SELECT … FROM (sql) m</c> within another statement.
/// </summary>
/// <param name="Sql">The engine's SQL without any value of the definition or of the project in it.</param>
/// <param name="Parameters">Those values, by name: <c>c0</c>, <c>c1</c>…, which DuckDB writes <c>$c0</c> and ClickHouse <c>{c0:Type}</c>.</param>
public sealed record MemberQuery(string Sql, IReadOnlyList<KeyValuePair<string, object?>> Parameters);
