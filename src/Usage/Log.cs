using Microsoft.Extensions.Logging;

namespace Muster.Usage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Project {ProjectId}: {Mtu} monthly tracked users in {Month}, the alert is set at {Alert}; 'muster usage mtu' shows which events they come from")]
    public static partial void MtuAlertReached(ILogger logger, int projectId, long mtu, long alert, string month);

    [LoggerMessage(2, LogLevel.Error, "Monthly tracked users could not be compared with what projects are to be warned at; it is tried again in an hour.")]
    public static partial void MtuNotCounted(ILogger logger, Exception exception);
}
