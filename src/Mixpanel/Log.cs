using Microsoft.Extensions.Logging;

namespace Muster.Mixpanel;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Connection {ConnectionId}: events from Iterable go on to Mixpanel")]
    public static partial void ForwardingStarted(ILogger logger, int connectionId);

    [LoggerMessage(2, LogLevel.Information, "Connection {ConnectionId}: Mixpanel {What}; failure {Failure} in a row, next try in {Delay}")]
    public static partial void ForwardingWaits(ILogger logger, int connectionId, string what, int failure, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Warning, "Connection {ConnectionId}: Mixpanel refused {Refused} of {Count} events; they are kept as dead letters")]
    public static partial void EventsRefused(ILogger logger, int connectionId, int refused, int count);

    [LoggerMessage(4, LogLevel.Error, "Connection {ConnectionId}: forwarding to Mixpanel stopped until someone mends it: Mixpanel {What}. What comes waits in the queue")]
    public static partial void ForwardingStopped(ILogger logger, int connectionId, string what);

    [LoggerMessage(5, LogLevel.Error, "Connection {ConnectionId}: forwarding to Mixpanel broke off; it goes on in a moment with what is not settled")]
    public static partial void ForwardingBroke(ILogger logger, int connectionId, Exception exception);
}
