namespace Muster.Host;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Request {TraceId} failed")]
    public static partial void RequestFailed(ILogger logger, string traceId, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "MUSTER_ADMIN_TOKEN is not set: only tokens made earlier are good")]
    public static partial void NoAdminToken(ILogger logger);
}
