using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Muster.Host.Import;

/// <summary>Shows on standard error how far an import has come: a bar on a terminal, plain lines elsewhere.</summary>
internal sealed class ImportProgress(SourceFile file, string name)
{
    private static readonly TimeSpan LinePace = TimeSpan.FromSeconds(2);

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long _from = -1;
    private long _saidAt = Stopwatch.GetTimestamp();
    private ProgressTask? _bar;

    /// <summary>Does the work while progress is shown.</summary>
    public Task RunAsync(Func<Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work();
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                _bar = progress.AddTask(name, maxValue: Math.Max(file.Length, 1));
                _bar.IsIndeterminate = file.Length == 0;
                await work();
            });
    }

    /// <summary>So many records are dealt with.</summary>
    public async Task AtAsync(long records)
    {
        _from = _from < 0 ? records : _from;
        var speed = (records - _from) / Math.Max(Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, 0.001);
        var text = string.Create(CultureInfo.InvariantCulture, $"{records:N0} {name}{(speed >= 1 ? string.Create(CultureInfo.InvariantCulture, $", {speed:N0}/s") : "")}");
        if (_bar is not null)
        {
            _bar.Description = text;
            _bar.Value = file.Position;
        }
        else if (Console.IsErrorRedirected && Stopwatch.GetElapsedTime(_saidAt) >= LinePace)
        {
            _saidAt = Stopwatch.GetTimestamp();
            var share = file.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({100.0 * file.Position / file.Length:N0} %)");
            await Console.Error.WriteLineAsync(text + share);
        }
    }
}
