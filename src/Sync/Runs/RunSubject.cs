using Muster.Control;

namespace Muster.Syncs.Runs;

/// <summary>What a run is about, as it was when the run began.</summary>
public sealed record RunSubject
{
    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>The sync it executes.</summary>
    public required Sync Sync { get; init; }

    /// <summary>The cohort exported.</summary>
    public required Cohort Cohort { get; init; }

    /// <summary>The connection exported over.</summary>
    public required Connection Connection { get; init; }

    /// <summary>The project of all of them.</summary>
    public required Project Project { get; init; }
}
