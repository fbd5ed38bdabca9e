using Microsoft.Extensions.Configuration;
using Muster.Host.Serving;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Serving;

public sealed class ObservabilityTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317")]
    [InlineData(true, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4318/v1/traces")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://127.0.0.1:4318/v1/metrics")]
    [InlineData(true, "OTEL_TRACES_EXPORTER=otlp")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_TRACES_EXPORTER=none")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_SDK_DISABLED=true")]
    public void Exports_Traces_OnlyWhenTheStandardVariablesAskForIt(bool expected, params string[] variables)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(variables.Select(v => v.Split('=')).ToDictionary(v => v[0], v => (string?)v[1])).Build();

        Observability.Exports(configuration, "TRACES").ShouldBe(expected);
    }
}
