using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Syncs;

/// <summary>The spans and figures of runs. Tags carry ids, words and codes, never who a member is.</summary>
internal static class Telemetry
{
    public const string Name = "Muster.Sync";

    // From a minute's sync with nothing to do up to ten million members at five calls a second.
    private static readonly double[] Seconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("muster.runs", "{run}", "Runs that ended, by how and why they began");

    private static readonly Histogram<double> RunDuration = Histogram("muster.run.duration", "From the start of a run to its end");

    private static readonly Histogram<double> StepDuration = Histogram("muster.run.step.duration", "How long a step of a run took");

    private static readonly Histogram<double> Lag = Histogram(
        "muster.run.lag", "From the moment a run was due or asked for to the last acknowledgement of its list's change; to its end when nothing changed");

    private static readonly Counter<long> Members = Meter.CreateCounter<long>(
        "muster.run.members", "{member}", "Members of runs by what became of them, as they are acknowledged or planned");

    /// <summary>Where spans begin.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Counts a run that ended.</summary>
    public static void RunEnded(Run run, TimeSpan duration)
    {
        var (status, trigger) = (Word(run.Status), Word(run.Trigger));
        Runs.Add(1, new("status", status), new("trigger", trigger), new("code", run.Error?.Code ?? "none"));
        RunDuration.Record(duration.TotalSeconds, new("status", status), new("trigger", trigger));
    }

    /// <summary>Notes how long the list of a run that succeeded was behind.</summary>
    public static void ListIsTrue(TimeSpan lag) => Lag.Record(lag.TotalSeconds);

    /// <summary>Counts a step that is over.</summary>
    public static void StepEnded(RunStep step, TimeSpan duration) => StepDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("step", Word(step)));

    /// <summary>Counts the members for whom there was nothing to send.</summary>
    public static void Planned(RunCounts counts)
    {
        Members.Add(counts.Unchanged, new KeyValuePair<string, object?>("outcome", "unchanged"));
        foreach (var (reason, members) in counts.Skipped)
        {
            Members.Add(members, new("outcome", "skipped"), new("reason", reason));
        }
    }

    /// <summary>Counts the subscribers of an acknowledged call.</summary>
    public static void Acknowledged(ListBatch batch, Acknowledgement acknowledgement)
    {
        var done = batch.Operation == ListOperation.Add ? "added" : "removed";
        Members.Add(batch.Subscribers.Count - acknowledgement.Rejections.Count, new KeyValuePair<string, object?>("outcome", done));
        foreach (var rejection in acknowledgement.Rejections)
        {
            Members.Add(1, new("outcome", "rejected"), new("reason", rejection.Reason));
        }
    }

    /// <summary>A status, step or trigger as a tag's value.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static Histogram<double> Histogram(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
}
