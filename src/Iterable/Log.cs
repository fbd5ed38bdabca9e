using Microsoft.Extensions.Logging;
using Muster.Iterable.Calls;

namespace Muster.Iterable;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Connection {ConnectionId}: {Kind}, try {Try} in {Delay}")]
    public static partial void Retrying(ILogger logger, int connectionId, int @try, FaultKind kind, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Warning, "Connection {ConnectionId}: Iterable does not answer; its syncs fail at once until it does")]
    public static partial void CircuitOpened(ILogger logger, int connectionId);

    [LoggerMessage(3, LogLevel.Information, "Connection {ConnectionId}: Iterable answers again")]
    public static partial void CircuitClosed(ILogger logger, int connectionId);

    [LoggerMessage(4, LogLevel.Information, "Connection {ConnectionId} made in project {ProjectId}")]
    public static partial void Connected(ILogger logger, int connectionId, int projectId);

    [LoggerMessage(5, LogLevel.Information, "Connection {ConnectionId} disconnected, {Syncs} syncs stopped")]
    public static partial void Disconnected(ILogger logger, int connectionId, int syncs);

    [LoggerMessage(20, LogLevel.Warning, "Connection {ConnectionId}: {Count} events from Iterable could not be stored now; Iterable was told to send them again")]
    public static partial void WebhookNotStored(ILogger logger, int connectionId, int count, Exception exception);

    [LoggerMessage(22, LogLevel.Error, "Connection {ConnectionId}: events from Iterable cannot be taken, as its secrets cannot be read: the keys/ folder of the data folder is missing or another one")]
    public static partial void WebhookKeysMissing(ILogger logger, int connectionId, Exception exception);

    [LoggerMessage(21, LogLevel.Warning, "Connection {ConnectionId}: Iterable sent {Count} that are no events; {Stored} beside them were stored")]
    public static partial void WebhookRefused(ILogger logger, int connectionId, int count, int stored);
}
