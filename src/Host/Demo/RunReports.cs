using System.Globalization;
using System.Text.Json;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Demo;

/// <summary>Says a line for every run of the demo's syncs as it ends.</summary>
internal sealed class RunReports(ApiClient api, string projectId, Action<string> say)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<long> _told = [];

    /// <summary>Takes the runs that have ended before as told.</summary>
    public async Task SkipPastAsync(CancellationToken cancellationToken) => await LookAsync(_ => { }, cancellationToken);

    /// <summary>Goes on until cancelled.</summary>
    public async Task GoOnAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pace, clock);
        do
        {
            await LookAsync(run => say(Line(run)), cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task LookAsync(Action<JsonElement> tell, CancellationToken cancellationToken)
    {
        await foreach (var sync in api.ListAsync($"projects/{projectId}/syncs", cancellationToken))
        {
            if (sync.GetProperty("lastRun") is { ValueKind: JsonValueKind.Object } run && RunWatch.HasEnded(run) && _told.Add(run.GetProperty("id").GetInt64()))
            {
                tell(run);
            }
        }
    }

    private static string Line(JsonElement run)
    {
        var at = run.GetProperty("finishedAt").GetDateTimeOffset();
        var list = run.GetProperty("listName").GetString();
        return RunWatch.Succeeded(run)
            ? string.Create(CultureInfo.InvariantCulture,
                $"{at:HH:mm:ss}  {list}: +{Number(run, "adds")} -{Number(run, "removes")}, {Number(run, "adds") + Number(run, "unchanged")} on the list, skipped: {Answer.Format(run.GetProperty("skipped"))}")
            : string.Create(CultureInfo.InvariantCulture,
                $"{at:HH:mm:ss}  {list}: {run.GetProperty("status").GetString()} {(run.GetProperty("error") is { ValueKind: JsonValueKind.Object } error ? error.GetProperty("message").GetString() : "")}");
    }

    private static long Number(JsonElement run, string key) => run.GetProperty(key).GetInt64();
}
