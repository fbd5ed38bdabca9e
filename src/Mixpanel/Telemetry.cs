using System.Diagnostics.Metrics;

namespace Muster.Mixpanel;

/// <summary>The figures of forwarding.</summary>
internal static class Telemetry
{
    public const string Name = "Muster.Mixpanel";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "muster.mixpanel.events", "{event}", "Events that Mixpanel was sent, by connection and outcome: taken or refused");

    private static readonly Counter<long> Calls = Meter.CreateCounter<long>(
        "muster.mixpanel.calls", "{call}", "Calls to Mixpanel's /import, by connection and outcome");

    /// <summary>A call was answered, or failed.</summary>
    public static void Called(int connectionId, string outcome) => Calls.Add(1, new("connection", connectionId), new("outcome", outcome));

    /// <summary>Events left the queue.</summary>
    public static void Settled(int connectionId, int taken, int refused)
    {
        Events.Add(taken, new("connection", connectionId), new("outcome", "taken"));
        Events.Add(refused, new("connection", connectionId), new("outcome", "refused"));
    }
}
