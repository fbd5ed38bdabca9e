using Microsoft.Extensions.Logging;

namespace Muster.Warehouse;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "The store's log could not be moved into its file now.")]
    public static partial void CheckpointPutOff(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "{Count} events older than {Days} days went.")]
    public static partial void EventsAged(ILogger logger, long count, double days);

    [LoggerMessage(3, LogLevel.Error, "Old events could not be let go; it is tried again in an hour.")]
    public static partial void EventRetentionBroke(ILogger logger, Exception exception);
}
