namespace Muster.Query.Expressions;

/// <summary>
/// A segmentation expression: a tree over the properties of one profile or event. A value is a boolean, a number, a
/// text, a moment, a list or another JSON value, or undefined.
/// </summary>
internal abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>The value of a property: <c>properties["x"]</c>, <c>user["x"]</c>, <c>event["x"]</c>.</summary>
    public sealed record Property(Owner Owner, string Name, int Position) : Expression;

    /// <summary>The element that <see cref="Any"/> looks at; 0 is the outermost.</summary>
    public sealed record Element(int Depth) : Expression;

    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Expression;

    /// <summary>A text.</summary>
    public sealed record Text(string Value) : Expression;

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public sealed record Boolean(bool Value) : Expression;

    /// <summary><c>["a", 1]</c>.</summary>
    public sealed record List(IReadOnlyList<Expression> Items) : Expression;

    /// <summary><c>not</c>: what is not true, undefined included, becomes true.</summary>
    public sealed record Not(Expression Of) : Expression;

    /// <summary><c>and</c>, <c>or</c>: what is not true, undefined included, counts as false.</summary>
    public sealed record Logic(bool And, Expression Left, Expression Right) : Expression;

    /// <summary><c>==</c>, <c>!=</c>: values of different types are different, and undefined equals nothing.</summary>
    public sealed record Equality(bool Negated, Expression Left, Expression Right) : Expression;

    /// <summary>An order of two numbers, two texts or two moments; of others undefined.</summary>
    public sealed record Comparison(Relation Relation, Expression Left, Expression Right) : Expression;

    /// <summary>Arithmetic of numbers; of anything else, and a division by 0, undefined.</summary>
    public sealed record Arithmetic(Operation Operation, Expression Left, Expression Right) : Expression;

    /// <summary>A part of a text, or an element of a list; of others false.</summary>
    public sealed record In(Expression Left, Expression Right) : Expression;

    /// <summary>A function of one value.</summary>
    public sealed record Call(Function Function, Expression Argument) : Expression;

    /// <summary>Whether a condition holds for any element of a list; of what is no list false.</summary>
    public sealed record Any(int Depth, Expression Of, Expression Condition) : Expression;
}

/// <summary>Whose property it is.</summary>
internal enum Owner
{
    /// <summary>Of what is asked for.</summary>
    Subject,
    User,
    Event,
}

internal enum Relation
{
    Less,
    AtMost,
    More,
    AtLeast,
}

internal enum Operation
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

internal enum Function
{
    Floor,
    Round,
    Ceil,
    ToBoolean,
    ToNumber,
    ToText,
    Defined,
    Moment,
}
