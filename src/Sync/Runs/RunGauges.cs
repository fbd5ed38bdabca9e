using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Muster.Control;

namespace Muster.Syncs.Runs;

/// <summary>The figures that are counted when someone looks: runs that wait and go on, and how syncs stand.</summary>
internal sealed class RunGauges(IDbContextFactory<ControlDb> factory, TimeProvider clock) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge("muster.runs.open", CountRuns, "{run}", "Runs that wait for their connection (queued) and that go on (running)");
        _meter.CreateObservableGauge("muster.runs.oldest_wait", OldestWait, "s", "For how long the run that waits longest has waited");
        _meter.CreateObservableGauge("muster.syncs", CountSyncs, "{sync}", "Syncs by how they stand");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _meter.Dispose();

    private List<Measurement<int>> CountRuns()
    {
        using var db = factory.CreateDbContext();
        return
        [
            Count(db.Runs.Count(r => r.Status == RunStatus.Queued), RunStatus.Queued),
            Count(db.Runs.Count(r => r.Status == RunStatus.Running), RunStatus.Running),
        ];
    }

    private double OldestWait()
    {
        using var db = factory.CreateDbContext();
        return db.Runs.Where(r => r.Status == RunStatus.Queued).Min(r => (DateTimeOffset?)r.QueuedAt) is { } at
            ? Math.Max(0, (clock.GetUtcNow() - at).TotalSeconds)
            : 0;
    }

    private List<Measurement<int>> CountSyncs()
    {
        using var db = factory.CreateDbContext();
        var counts = db.Syncs.Where(s => s.DeletedAt == null).GroupBy(s => s.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionary(g => g.Key, g => g.Count);
        return [.. Enum.GetValues<SyncStatus>().Select(status => Count(counts.GetValueOrDefault(status), status))];
    }

    private static Measurement<int> Count(int count, Enum status) => new(count, new KeyValuePair<string, object?>("status", Telemetry.Word(status)));
}
