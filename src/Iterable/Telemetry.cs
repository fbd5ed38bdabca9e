using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Muster.Iterable.Calls;

namespace Muster.Iterable;

/// <summary>The spans and figures of calls to Iterable. Tags carry ids, operations and kinds of faults, never a key or a body.</summary>
internal static class Telemetry
{
    public const string Name = "Muster.Iterable";

    private static readonly Meter Meter = new(Name);

    private static readonly ActivitySource Source = new(Name);

    private static readonly Counter<long> Calls = Meter.CreateCounter<long>(
        "muster.iterable.calls", "{call}", "Tries of calls to Iterable, by operation and outcome");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "muster.iterable.retries", "{call}", "Tries beyond the first of a call");

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("muster.iterable.sent", "By", "Bytes of the bodies sent");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "muster.iterable.call.duration", "s", "From the sending of a try to its answer, without the wait for its turn",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    /// <summary>The span of a call with all its tries and waits; null when nobody looks.</summary>
    public static Activity? BeginCall(CallRequest request, int connectionId) => Source.StartActivity(request.Operation, ActivityKind.Client)
        ?.SetTag("muster.connection.id", connectionId).SetTag("muster.list.id", request.ListId).SetTag("muster.subscribers", request.Subscribers);

    /// <summary>The call failed for good.</summary>
    public static void Fail(this Activity? span, CallFault fault) =>
        span?.SetTag("error.type", Word(fault.Kind)).SetTag("http.response.status_code", fault.HttpStatus).SetStatus(ActivityStatusCode.Error, fault.What);

    /// <summary>A call is tried again.</summary>
    public static void Retried(CallRequest request, int connectionId) =>
        Retries.Add(1, new("operation", request.Operation), new("connection", connectionId));

    /// <summary>A try was answered, or failed with a fault.</summary>
    public static void Tried(CallRequest request, int connectionId, TimeSpan duration, CallFault? fault)
    {
        var (operation, connection, outcome) = (
            new KeyValuePair<string, object?>("operation", request.Operation),
            new KeyValuePair<string, object?>("connection", connectionId),
            new KeyValuePair<string, object?>("outcome", fault is null ? "ok" : Word(fault.Kind)));
        Calls.Add(1, operation, connection, outcome);
        Sent.Add(request.Body?.Length ?? 0, operation, connection);
        Duration.Record(duration.TotalSeconds, operation, outcome);
    }

    private static string Word(FaultKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
