using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;

namespace Muster.Bench.Cohorts;

/// <summary>The real program on a sample, asked over its interface.</summary>
internal sealed class PreviewServer : IAsyncDisposable
{
    private readonly MusterProcess _muster;
    private readonly int _project;

    private PreviewServer(MusterProcess muster, int project, string ingestionToken)
    {
        _muster = muster;
        _project = project;
        IngestionToken = ingestionToken;
    }

    public string IngestionToken { get; }

    public Uri Address => _muster.Client.BaseAddress!;

    public MusterProcess Muster => _muster;

    public static async Task<PreviewServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var muster = await MusterProcess.StartAsync(folder, null, 0, cancellationToken);
        // The first project is the sample's.
        var project = await muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken);
        var server = new PreviewServer(muster, (int)project["id"]!, (string)project["token"]!);
        await server.WriteAsync(cancellationToken);
        return server;
    }

    /// <summary>Promotes a property and waits until it is read.</summary>
    public async Task PromoteAsync(string of, string name, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/projects/{_project}/properties");
        var number = (int)(await _muster.PostAsync(path, new JsonObject { ["of"] = of, ["name"] = name }, cancellationToken))["number"]!;
        while (!(await _muster.GetAsync(path, cancellationToken))["items"]!.AsArray().Any(p => (int)p!["number"]! == number && (string)p["status"]! == "in_use"))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        }
    }

    // The first write waits until the server has read what it keeps in memory: afterwards it is as always.
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var body = new JsonArray(new JsonObject { ["$token"] = IngestionToken, ["$distinct_id"] = "user-1", ["$set"] = new JsonObject { ["seen"] = true } });
        using var answer = await _muster.Client.PostAsJsonAsync(new Uri("/engage", UriKind.Relative), body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Asks once.</summary>
    /// <returns>How many there are, and after how many milliseconds that was answered.</returns>
    public async Task<(double Milliseconds, long Count)> AskAsync(string? definition, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        long count;
        if (definition is null)
        {
            var month = TimeProvider.System.GetUtcNow().AddMonths(-1).ToString("yyyy-MM", CultureInfo.InvariantCulture);
            var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/projects/{_project}/usage/mtu?from={month}&to={month}");
            var text = await _muster.Client.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken);
            count = (long)JsonNode.Parse(text)![0]!["users"]!;
        }
        else
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/projects/{_project}/cohorts/preview");
            count = (long)(await _muster.PostAsync(path, new JsonObject { ["definition"] = JsonNode.Parse(definition) }, cancellationToken))["count"]!;
        }

        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, count);
    }

    /// <summary>Asks several times: the median, the first, which finds nothing in memory and is not part of it, and the count.</summary>
    public async Task<(double Median, double First, long Count)> MedianAsync(string? definition, int runs, CancellationToken cancellationToken)
    {
        var (first, count) = await AskAsync(definition, cancellationToken);
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            (var milliseconds, count) = await AskAsync(definition, cancellationToken);
            times.Add(milliseconds);
        }

        return (times.Order().ElementAt(runs / 2), first, count);
    }

    public ValueTask DisposeAsync() => _muster.DisposeAsync();
}
