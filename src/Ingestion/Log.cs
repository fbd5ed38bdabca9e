using Microsoft.Extensions.Logging;

namespace Muster.Ingestion;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Refused} of {Records} records of a non-strict import into project {ProjectId} were refused.")]
    public static partial void ImportRefused(this ILogger logger, int projectId, int refused, int records);

    [LoggerMessage(2, LogLevel.Error, "The store could not take a write of {Records} records.")]
    public static partial void StoreUnavailable(this ILogger logger, Exception exception, int records);
}
