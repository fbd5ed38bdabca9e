using Microsoft.Extensions.Logging;

namespace Muster.Warehouse;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "The store's log could not be moved into its file now.")]
    public static partial void CheckpointPutOff(this ILogger logger, Exception exception);
}
