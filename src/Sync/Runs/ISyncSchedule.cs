using Muster.Control;

namespace Muster.Syncs.Runs;

/// <summary>When runs start. The syncs of one connection run one after another, each never twice at a time.</summary>
public interface ISyncSchedule
{
    /// <summary>Starts a queued run as soon as its connection is free.</summary>
    Task EnqueueAsync(Sync sync, long runId, CancellationToken cancellationToken);

    /// <summary>Runs the sync every interval from <paramref name="firstAt"/> on; replaces what was planned for it.</summary>
    Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken);

    /// <summary>Whether runs are planned for the sync.</summary>
    Task<bool> IsPlannedAsync(Sync sync, CancellationToken cancellationToken);

    /// <summary>Plans nothing more for the sync.</summary>
    Task UnplanAsync(Sync sync, CancellationToken cancellationToken);
}
