using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Syncs.Drift;

namespace Muster.Syncs;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Run {RunId} of sync {SyncId} started ({Trigger}).")]
    public static partial void RunStarted(ILogger logger, long runId, int syncId, RunTrigger trigger);

    [LoggerMessage(LogLevel.Information, "Run {RunId}: {Step}.")]
    public static partial void StepBegan(ILogger logger, long runId, RunStep step);

    [LoggerMessage(LogLevel.Information, "Run {RunId} of sync {SyncId} ended: {Status} ({Code}); {Members} members, {Adds} adds, {Removes} removes, {Unchanged} unchanged, {Calls} calls.")]
    public static partial void RunEnded(
        ILogger logger, long runId, int syncId, RunStatus status, string? code, long members, long adds, long removes, long unchanged, int calls);

    [LoggerMessage(LogLevel.Information, "Run {RunId} of sync {SyncId} is interrupted by the stop of this process; it goes on at the next start.")]
    public static partial void RunInterrupted(ILogger logger, long runId, int syncId);

    [LoggerMessage(LogLevel.Error, "Run {RunId} of sync {SyncId} broke.")]
    public static partial void RunBroke(ILogger logger, Exception exception, long runId, int syncId);

    [LoggerMessage(LogLevel.Information, "Sync {SyncId}: its list is read by run {RunId} ({Finding}).")]
    public static partial void ListToBeRead(ILogger logger, int syncId, long runId, DriftFinding finding);

    [LoggerMessage(LogLevel.Information, "Sync {SyncId}: the size of its list was not told ({Code}); it is asked for again later.")]
    public static partial void SizeNotTold(ILogger logger, int syncId, string code);

    [LoggerMessage(LogLevel.Warning, "A look at the sizes of lists broke off; the next one is soon.")]
    public static partial void LookBroke(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "Run {RunId} of sync {SyncId} read the list: {Strangers} on it without Muster's doing, {Missing} gone from it.")]
    public static partial void ListRead(ILogger logger, long runId, int syncId, long strangers, long missing);

    [LoggerMessage(LogLevel.Information, "Receipts of {Syncs} syncs were looked through for those older than {Days} days.")]
    public static partial void ReceiptsAged(ILogger logger, int syncs, double days);

    [LoggerMessage(LogLevel.Error, "Receipts that are too old could not be let go of; it is tried again in an hour.")]
    public static partial void RetentionBroke(ILogger logger, Exception exception);
}
