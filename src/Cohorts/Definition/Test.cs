namespace Muster.Cohorts.Definition;

/// <summary>
/// What is asked of a property's value. A positive test is satisfied by a list when one of its elements satisfies it;
/// <see cref="Not"/> is the exact complement, so that it is satisfied where the property is not set.
/// </summary>
internal abstract record Test
{
    private Test()
    {
    }

    /// <summary>The opposite: <c>isNot</c>, <c>notContains</c>, <c>notInTheLast</c>, <c>isSet: false</c>.</summary>
    public sealed record Not(Test Of) : Test;

    /// <summary>Equal to one of the values.</summary>
    public sealed record Is(IReadOnlyList<Literal> Values) : Test;

    /// <summary>A text with this text in it.</summary>
    public sealed record Contains(string Part) : Test;

    /// <summary>There, and not null.</summary>
    public sealed record IsSet : Test;

    /// <summary>A number, or a text that reads as a JSON number, that compares so.</summary>
    public sealed record Compares(Comparison Comparison) : Test;

    /// <summary>A date before the first instant of the day.</summary>
    public sealed record Before(DateOnly Day) : Test;

    /// <summary>A date after the last instant of the day.</summary>
    public sealed record After(DateOnly Day) : Test;

    /// <summary>A date from that long ago until now.</summary>
    public sealed record InTheLast(Span Span) : Test;

    /// <summary>This boolean itself; the texts "true" and "false" are texts.</summary>
    public sealed record IsTrue(bool Value) : Test;
}

/// <summary>A value that <c>is</c> compares with.</summary>
internal abstract record Literal
{
    private Literal()
    {
    }

    /// <summary>Equal to the same text; when it reads as a JSON number, to that number too.</summary>
    public sealed record Text(string Value) : Literal;

    /// <summary>Equal to the same number, and to a text that reads as it.</summary>
    public sealed record Number(double Value) : Literal;

    /// <summary>Equal to the same boolean only.</summary>
    public sealed record Boolean(bool Value) : Literal;
}
