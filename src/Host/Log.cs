namespace Muster.Host;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Request {TraceId} failed")]
    public static partial void RequestFailed(ILogger logger, string traceId, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Nobody is admin yet: open {Page} and enter the code {Code}; it is good once, and until this process ends")]
    public static partial void FirstStart(ILogger logger, Uri page, string code);

    [LoggerMessage(3, LogLevel.Information, "A backup of {Bytes} bytes was taken in {Seconds:0.0} s")]
    public static partial void BackupTaken(ILogger logger, long bytes, double seconds);
}
