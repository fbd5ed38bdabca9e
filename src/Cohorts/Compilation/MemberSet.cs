namespace Muster.Cohorts.Compilation;

/// <summary>A set of people: those whom a SELECT returns, or everyone else who exists.</summary>
/// <param name="Sql">A SELECT of distinct <c>user_id</c>.</param>
/// <param name="Complement">Whether everyone else is meant. It spares a scan of all people until it is known that they are needed.</param>
internal sealed record MemberSet(string Sql, bool Complement)
{
    /// <summary>Those who are not in it.</summary>
    public MemberSet Opposite => this with { Complement = !Complement };
}
