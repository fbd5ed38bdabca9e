using System.Diagnostics.Metrics;

namespace Muster.Iterable.Pacing;

/// <summary>How the lanes stand, counted when someone looks.</summary>
internal sealed class LaneGauges : IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);

    public LaneGauges(Func<IEnumerable<ConnectionLane>> lanes)
    {
        // A pace without a limit has no number.
        _meter.CreateObservableGauge(
            "muster.iterable.rate",
            () => lanes().Where(l => double.IsFinite(l.Updates.Rate)).Select(l => Of(l, l.Updates.Rate)),
            "{call}/s", "Update calls a second that a connection makes at most at present; less than its setting after a 429");
        _meter.CreateObservableGauge(
            "muster.iterable.calls.in_flight", () => lanes().Select(l => Of(l, l.InFlight)), "{call}", "Tries of update calls that wait for their answer");
        _meter.CreateObservableGauge(
            "muster.iterable.calls.window", () => lanes().Select(l => Of(l, l.Window.Size)), "{call}", "Update calls that a run has under way at most at present");
        _meter.CreateObservableGauge(
            "muster.iterable.circuit.open", () => lanes().Select(l => Of(l, l.Circuit.IsOpen ? 1 : 0)), null, "1 while Iterable does not answer and calls of the connection fail at once");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<T> Of<T>(ConnectionLane lane, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("connection", lane.ConnectionId));
}
