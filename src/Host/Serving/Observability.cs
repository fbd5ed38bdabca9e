using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Muster.Host.Serving;

/// <summary>
/// Figures at <c>/metrics</c>, always; figures, traces and logs to an OpenTelemetry collector when the standard
/// variables (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its kin) name one.
/// </summary>
internal static class Observability
{
    private const string VariablePrefix = "OTEL_";

    /// <summary>The rooms' own figures and spans, all named so.</summary>
    private const string Rooms = "Muster.*";

    private static readonly string[] RuntimeMeters =
        ["System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    public static void AddObservability(this WebApplicationBuilder builder)
    {
        // The exporters read the standard variables from the configuration; nothing else in it comes from the environment.
        var variables = Environment.GetEnvironmentVariables();
        builder.Configuration.AddInMemoryCollection(variables.Keys.Cast<string>()
            .Where(name => name.StartsWith(VariablePrefix, StringComparison.Ordinal))
            .ToDictionary(name => name, name => (string?)variables[name]));

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("muster", serviceVersion: typeof(Observability).Assembly.GetName().Version?.ToString(3))
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter([Rooms, .. RuntimeMeters]).AddPrometheusExporter();
            if (Exports(builder.Configuration, "METRICS"))
            {
                metrics.AddOtlpExporter();
            }
        });
        if (Exports(builder.Configuration, "TRACES"))
        {
            telemetry.WithTracing(tracing => tracing.AddSource(Rooms, "System.Net.Http").AddRequests().AddOtlpExporter());
        }

        if (Exports(builder.Configuration, "LOGS"))
        {
            telemetry.WithLogging(logs => logs.AddOtlpExporter());
        }
    }

    /// <summary>Whether the standard variables ask for a signal to be sent to a collector.</summary>
    public static bool Exports(IConfiguration variables, string signal) =>
        !string.Equals(variables["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && variables[$"OTEL_{signal}_EXPORTER"] is var exporter and not "none"
        && (exporter == "otlp" || variables["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || variables[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 });

    // Addresses of pages and queries of calls name people; the route says all that is needed.
    private static TracerProviderBuilder AddRequests(this TracerProviderBuilder tracing) => tracing.AddAspNetCoreInstrumentation(requests =>
    {
        requests.Filter = context => context.Request.Path != "/metrics" && !context.Request.Path.StartsWithSegments("/health");
        requests.EnrichWithHttpRequest = (span, _) => span.SetTag("url.path", null).SetTag("url.query", null);
    });
}
