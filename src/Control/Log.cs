using Microsoft.Extensions.Logging;

namespace Muster.Control;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Old entries of the audit log could not be deleted; tried again tomorrow")]
    public static partial void AuditRetentionBroke(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "A sign-in by OpenID Connect failed ({Kind}): {Reason}")]
    public static partial void OidcFailed(ILogger logger, string kind, string reason);

    [LoggerMessage(3, LogLevel.Error, "The identity provider's configuration could not be read, so nobody can sign in there; see MUSTER_OIDC_AUTHORITY")]
    public static partial void OidcUnreachable(ILogger logger, Exception exception);
}
