namespace Muster.Cohorts;

/// <summary>Limits of evaluations.</summary>
public sealed record CohortOptions
{
    /// <summary>How long a count, preview or page may take before it is ended. Exports are not limited.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many are computed at once; others wait their turn. They share the engine's threads and memory with ingestion and runs.</summary>
    public int AtOnce { get; init; } = 2;
}
