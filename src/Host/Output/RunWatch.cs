using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Muster.Host.Client;
using Spectre.Console;

namespace Muster.Host.Output;

/// <summary>Follows a run until it ends. Progress goes to standard error: a bar on a terminal, plain lines elsewhere.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LinePace = TimeSpan.FromSeconds(2);

    /// <summary>Follows it and gives it as it ended.</summary>
    public static Task<JsonElement> FollowAsync(ApiClient api, string id, CancellationToken cancellationToken) =>
        Console.IsErrorRedirected ? FollowInLinesAsync(api, id, cancellationToken) : FollowWithBarAsync(api, id, cancellationToken);

    /// <summary>Waits for its end without a word and gives it as it ended.</summary>
    public static async Task<JsonElement> EndAsync(ApiClient api, string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await api.GetAsync($"runs/{id}", cancellationToken);
            if (HasEnded(run))
            {
                return run;
            }

            await Task.Delay(Pace, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Whether a run has ended.</summary>
    public static bool HasEnded(JsonElement run) => Status(run) is not ("queued" or "running");

    /// <summary>Whether it ended well.</summary>
    public static bool Succeeded(JsonElement run) => Status(run) == "succeeded";

    private static async Task<JsonElement> FollowInLinesAsync(ApiClient api, string id, CancellationToken cancellationToken)
    {
        var said = "";
        var saidAt = 0L;
        var speed = new Speed();
        while (true)
        {
            var run = await api.GetAsync($"runs/{id}", cancellationToken);
            var (done, total) = Progress(run);
            var step = Step(run);
            if (step != said || (total > 0 && Stopwatch.GetElapsedTime(saidAt) >= LinePace))
            {
                said = step;
                saidAt = Stopwatch.GetTimestamp();
                var progress = total > 0 ? string.Create(CultureInfo.InvariantCulture, $" {done}/{total}{Text(speed.Of(done))}") : "";
                await Console.Error.WriteLineAsync($"run {id}: {step}{progress}");
            }

            if (HasEnded(run))
            {
                return run;
            }

            await Task.Delay(Pace, TimeProvider.System, cancellationToken);
        }
    }

    private static Task<JsonElement> FollowWithBarAsync(ApiClient api, string id, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask($"run {id}");
                var speed = new Speed();
                while (true)
                {
                    var run = await api.GetAsync($"runs/{id}", cancellationToken);
                    var (done, total) = Progress(run);
                    bar.IsIndeterminate = total == 0;
                    bar.MaxValue = Math.Max(total, 1);
                    bar.Value = done;
                    bar.Description = string.Create(CultureInfo.InvariantCulture, $"run {id}  {Step(run)}{Text(speed.Of(done))}");
                    if (HasEnded(run))
                    {
                        return run;
                    }

                    await Task.Delay(Pace, TimeProvider.System, cancellationToken);
                }
            });
    }

    private static string Text(double speed) => speed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {speed:N0} members/s") : "";

    private static string Status(JsonElement run) => run.GetProperty("status").GetString()!;

    private static string Step(JsonElement run) =>
        Status(run) == "running" ? run.GetProperty("step").GetString() ?? "running" : Status(run);

    private static (long Done, long Total) Progress(JsonElement run) =>
        run.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress
            ? (progress.GetProperty("done").GetInt64(), progress.GetProperty("total").GetInt64())
            : (0, 0);

    // Since the first member was acknowledged: the steps before that send nothing.
    private sealed class Speed
    {
        private long _since;
        private long _from;

        public double Of(long done)
        {
            if (_since == 0 && done > 0)
            {
                _since = Stopwatch.GetTimestamp();
                _from = done;
            }

            var seconds = _since == 0 ? 0 : Stopwatch.GetElapsedTime(_since).TotalSeconds;
            return seconds > 0 ? (done - _from) / seconds : 0;
        }
    }
}
