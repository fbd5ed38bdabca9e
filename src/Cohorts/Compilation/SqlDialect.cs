namespace Muster.Cohorts.Compilation;

/// <summary>What an engine writes in its own way. What is not here is the same on all of them.</summary>
internal abstract class SqlDialect
{
    /// <summary>Where the values of the query go.</summary>
    public abstract SqlParameters Parameters { get; }

    /// <summary>The tests of property values.</summary>
    public abstract ValuePrinter Values { get; }

    /// <summary>Keeps the rows that have a match, once each.</summary>
    public abstract string SemiJoin { get; }

    /// <summary>Keeps the rows that have no match.</summary>
    public abstract string AntiJoin { get; }

    /// <summary>Rows of either side, once each.</summary>
    public abstract string Union { get; }

    /// <summary>How the definition of a common table begins that is to be computed once, however often it is read.</summary>
    public abstract string ComputedOnce { get; }

    /// <summary>How the definition of any other common table begins.</summary>
    public virtual string Common => "AS";

    /// <summary>Whether an event is of somebody.</summary>
    public virtual string OfSomebody(string userId) => $"{userId} IS NOT NULL";

    /// <summary>What stands at the end of a query.</summary>
    public virtual string Settings => "";

    /// <summary>The latest earlier row of each row.</summary>
    public abstract string AsOfJoin { get; }

    /// <summary>A length of time.</summary>
    public abstract string Seconds(long seconds);

    /// <summary>A length in calendar months.</summary>
    public abstract string Months(string months);

    /// <summary>The day of a local time.</summary>
    public abstract string Day(string time);

    /// <summary>How many different days local times have, as an aggregate. None at all are zero.</summary>
    /// <param name="time">The local time.</param>
    /// <param name="span">The first and the last day that can occur; null when they are not known.</param>
    /// <param name="filter">Which rows count; empty for all.</param>
    public abstract string DistinctDays(string time, (DateOnly First, DateOnly Last)? span, string filter);

    /// <summary>Microseconds from one time to another.</summary>
    public abstract string MicrosecondsBetween(string from, string to);

    /// <summary>A sum that does not depend on the order of the rows, which differs from run to run; beyond its range it is none.</summary>
    public abstract string Sum(string number, string filter);

    /// <summary>The mean, in the same way.</summary>
    public abstract string Average(string number, string filter);

    /// <summary>Whether a number is not one, of infinities that cancel out.</summary>
    public abstract string IsNaN(string number);
}
