using Microsoft.Extensions.Logging;
using Muster.Control;

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
}
