namespace Muster.Cohorts.Compilation;

/// <summary>A set of people: those whom a SELECT returns, or everyone else who exists.</summary>
/// <param name="Sql">A SELECT of <c>user_id</c>.</param>
/// <param name="Complement">Whether everyone else is meant. It spares a scan of all people until it is known that they are needed.</param>
/// <param name="Repeats">Whether it may return someone more than once: what it is joined with does not mind, and finding out costs a table of all of them.</param>
internal sealed record MemberSet(string Sql, bool Complement, bool Repeats = false)
{
    /// <summary>The SELECT with everyone once.</summary>
    public string Once => Repeats ? $"SELECT DISTINCT{Sql["SELECT".Length..]}" : Sql;

    /// <summary>Those who are not in it.</summary>
    public MemberSet Opposite => this with { Complement = !Complement };
}
