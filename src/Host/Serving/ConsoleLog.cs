using Microsoft.Extensions.Logging.Console;

namespace Muster.Host.Serving;

/// <summary>Logs: one line each, to standard error; standard output is for answers.</summary>
internal static class ConsoleLog
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void AddConsoleLog(this ILoggingBuilder logging, LogLevel level, bool json)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Muster", level);

        // The framework logs every request with a bad token under this name.
        logging.AddFilter("Muster.Control.Tokens.TokenAuthentication", LogLevel.Warning);

        // Failures of requests are logged by the program's own handler.
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);

        // Failed sign-ins by OpenID Connect are logged in a line of the program's own.
        logging.AddFilter("Microsoft.AspNetCore.Authentication.OpenIdConnect", LogLevel.None);

        // Warns that the keys in the data folder are not encrypted themselves; the folder is readable by its owner only.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        if (json)
        {
            logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, TimestampFormat));
        }
        else
        {
            logging.AddSimpleConsole(console =>
                (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, TimestampFormat + " "));
        }

        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
