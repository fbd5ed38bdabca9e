using Muster.Control;
using Muster.Control.Api;

namespace Muster.Syncs;

/// <summary>The body of POST /projects/{id}/syncs.</summary>
internal sealed record SyncRequest(
    int CohortId, int ConnectionId, SyncType Type, int? IntervalSeconds, RemovalGuard? RemovalGuard, bool GuardGiven)
{
    private const int MaxIntervalSeconds = 31 * 24 * 3600;

    public static SyncRequest Read(RequestBody body, SyncOptions options)
    {
        var cohortId = (int)body.WholeNumber("cohortId", 1, int.MaxValue);
        var connectionId = (int)body.WholeNumber("connectionId", 1, int.MaxValue);
        var type = body.Enum<SyncType>("type");
        var interval = (int?)body.OptionalWholeNumber("intervalSeconds", (long)Math.Max(1, options.MinInterval.TotalSeconds), MaxIntervalSeconds);
        var guardGiven = body.IsNull("removalGuard");
        RemovalGuard? guard = null;
        if (body.OptionalObject("removalGuard") is { } given)
        {
            guardGiven = true;
            guard = new RemovalGuard((int)given.WholeNumber("percent", 0, 100), (int)given.WholeNumber("atLeast", 0, int.MaxValue));
            given.RejectSurplus();
        }

        return new SyncRequest(cohortId, connectionId, type, interval, guard, guardGiven);
    }

    /// <summary>Puts what was asked for into a sync; what was not stays as it is.</summary>
    public void ApplyTo(Sync sync)
    {
        sync.Type = Type;
        sync.IntervalSeconds = IntervalSeconds ?? sync.IntervalSeconds;
        if (GuardGiven)
        {
            (sync.GuardPercent, sync.GuardAtLeast) = (RemovalGuard?.Percent, RemovalGuard?.AtLeast);
        }
    }
}
