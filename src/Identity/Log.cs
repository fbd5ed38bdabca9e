using Microsoft.Extensions.Logging;

namespace Muster.Identity;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "A person of project {ProjectId} was deleted on request: {Ids} ids, {Events} events.")]
    public static partial void PersonErased(this ILogger logger, int projectId, int ids, int events);

    [LoggerMessage(2, LogLevel.Warning, "Deletion request {TrackingId} could not be carried out now and will be taken up again.")]
    public static partial void DeletionPutOff(this ILogger logger, Exception exception, string trackingId);
}
