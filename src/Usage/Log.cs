using Microsoft.Extensions.Logging;

namespace Muster.Usage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Project {ProjectId}: {Mtu} monthly tracked users in {Month}, the alert is set at {Alert}; 'muster usage mtu' shows which events they come from")]
    public static partial void MtuAlertReached(ILogger logger, int projectId, long mtu, long alert, string month);
}
