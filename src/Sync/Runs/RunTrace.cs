using System.Diagnostics;
using Muster.Control;

namespace Muster.Syncs.Runs;

/// <summary>What one run shows to those who watch the process: a span of its own, one in it for each step, and its figures.</summary>
internal sealed class RunTrace : IDisposable
{
    private readonly Run _run;
    private readonly TimeProvider _clock;
    private readonly Activity? _span;
    private readonly long _startedAt;
    private Activity? _stepSpan;
    private RunStep? _step;
    private long _stepAt;
    private DateTimeOffset? _acknowledgedAt;

    public RunTrace(Run run, TimeProvider clock)
    {
        (_run, _clock, _startedAt) = (run, clock, clock.GetTimestamp());
        _span = Telemetry.Source.StartActivity("run");
        _span?.SetTag("muster.run.id", run.Id).SetTag("muster.sync.id", run.SyncId).SetTag("muster.run.trigger", Telemetry.Word(run.Trigger));
    }

    /// <summary>A step begins, and with it the one before is over. Calls made by the caller from now on belong to its span.</summary>
    public void Begin(RunStep step)
    {
        EndStep();
        (_step, _stepAt) = (step, _clock.GetTimestamp());
        _stepSpan = Telemetry.Source.StartActivity(Telemetry.Word(step), ActivityKind.Internal, _span?.Context ?? default);
        _stepSpan?.SetTag("muster.run.id", _run.Id);
    }

    /// <summary>Iterable acknowledged a call.</summary>
    public void Acknowledged(DateTimeOffset now) => _acknowledgedAt = now;

    /// <summary>The run has ended as its row says.</summary>
    public void End(DateTimeOffset now)
    {
        EndStep();
        Telemetry.RunEnded(_run, _clock.GetElapsedTime(_startedAt));
        if (_run.Status == RunStatus.Succeeded)
        {
            Telemetry.ListIsTrue((_acknowledgedAt ?? now) - _run.QueuedAt);
        }

        var counts = _run.Counts;
        _span?.SetTag("muster.run.status", Telemetry.Word(_run.Status))
            .SetTag("muster.run.members", counts.Members).SetTag("muster.run.adds", counts.Adds).SetTag("muster.run.removes", counts.Removes)
            .SetTag("muster.run.calls", _run.Calls).SetTag("muster.run.retries", _run.Retries);
        if (_run.Error is { } error)
        {
            _span?.SetTag("error.type", error.Code).SetStatus(ActivityStatusCode.Error);
        }

        _span?.Dispose();
    }

    /// <summary>Closes what a run that goes on after the next start leaves open.</summary>
    public void Dispose()
    {
        _stepSpan?.Dispose();
        _span?.Dispose();
    }

    private void EndStep()
    {
        if (_step is { } step)
        {
            Telemetry.StepEnded(step, _clock.GetElapsedTime(_stepAt));
            _stepSpan?.Dispose();
            _step = null;
        }
    }
}
