using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Muster.Control;
using Muster.Syncs.Runs;
using Quartz;

namespace Muster.Scheduling;

/// <summary>Executes the runs of one connection. There is one such job for each connection, so its syncs run one after another and never twice.</summary>
[DisallowConcurrentExecution]
internal sealed class ConnectionJob(SyncRunner runner, IDbContextFactory<ControlDb> factory, IHostApplicationLifetime lifetime) : IJob
{
    public const string SyncKey = "sync";
    public const string RunKey = "run";

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await ExecuteRunAsync(context, cancellationToken);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The stop came before the run began: it is still queued, and the next start takes it up.
        }
    }

    private async Task ExecuteRunAsync(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var data = context.MergedJobDataMap;
        var syncId = int.Parse(data.GetString(SyncKey)!, CultureInfo.InvariantCulture);
        long? runId;
        if (data.GetString(RunKey) is { } asked)
        {
            runId = long.Parse(asked, CultureInfo.InvariantCulture);
        }
        else
        {
            // In this order: the run takes its due time from what was noted last.
            runId = await runner.CreateScheduledAsync(syncId, cancellationToken);
            await NoteNextAsync(syncId, context.NextFireTimeUtc, cancellationToken);
        }

        if (runId is { } id)
        {
            await runner.ExecuteAsync(id, lifetime.ApplicationStopping);
        }
    }

    private async Task NoteNextAsync(int syncId, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Syncs.Where(s => s.Id == syncId).ExecuteUpdateAsync(set => set.SetProperty(s => s.NextRunAt, next), cancellationToken);
    }
}
