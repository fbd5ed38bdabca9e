namespace Muster.Cohorts.Definition;

/// <summary>What is measured over someone's events that satisfy the filter.</summary>
internal abstract record Measure
{
    /// <summary>What holds when nothing is said: at least one event.</summary>
    public static readonly Measure AtLeastOnce = new Count(new Comparison.Bound(Relation.AtLeast, 1));

    private Measure()
    {
    }

    /// <summary>How many events; nobody's events are zero.</summary>
    public sealed record Count(Comparison Comparison) : Measure;

    /// <summary>On how many days of the project's time zone.</summary>
    public sealed record DistinctDays(Comparison Comparison) : Measure;

    /// <summary>The first such event ever lies in the window.</summary>
    public sealed record FirstTime : Measure;

    /// <summary>How many different values of a property; 5 and "5" are one, missing is none.</summary>
    public sealed record Distinct(string Property, Comparison Comparison) : Measure;

    /// <summary>A figure over the values of a property that are numbers or read as JSON numbers; without any it is not satisfied.</summary>
    public sealed record Figure(FigureKind Kind, string Property, Comparison Comparison) : Measure;
}

/// <summary>The figures.</summary>
internal enum FigureKind
{
    Sum,
    Average,
    Least,
    Greatest,
}

/// <summary>How a number must compare.</summary>
internal abstract record Comparison
{
    private Comparison()
    {
    }

    /// <summary>Whether a number satisfies it.</summary>
    public abstract bool Accepts(double number);

    /// <summary>On one side of a number, or equal to it.</summary>
    public sealed record Bound(Relation Relation, double Number) : Comparison
    {
        /// <inheritdoc />
        public override bool Accepts(double number) => Relation switch
        {
            Relation.AtLeast => number >= Number,
            Relation.MoreThan => number > Number,
            Relation.AtMost => number <= Number,
            Relation.LessThan => number < Number,
            _ => number == Number,
        };
    }

    /// <summary>Between two numbers, both included.</summary>
    public sealed record Between(double Low, double High) : Comparison
    {
        /// <inheritdoc />
        public override bool Accepts(double number) => number >= Low && number <= High;
    }
}

/// <summary>The relations to one number.</summary>
internal enum Relation
{
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Equal,
}
