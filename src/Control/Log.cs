using Microsoft.Extensions.Logging;

namespace Muster.Control;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Old entries of the audit log could not be deleted; tried again tomorrow")]
    public static partial void AuditRetentionBroke(ILogger logger, Exception exception);
}
