using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Bench.Push;
using Muster.Bench.Serving;

namespace Muster.Bench.Webhooks;

/// <summary>How many single-event posts to /hooks/iterable a second are durable, how long they take at half of that, and whether a burst gets lost.</summary>
internal static class HooksCommand
{
    private const int Connections = 32;

    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 100_000 };
        var burst = new Option<int>("--burst") { DefaultValueFactory = _ => 200_000 };
        var command = new Command("hooks", "Iterable's webhooks, one event a post, over 32 connections.") { seconds, people, burst };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
            try
            {
                await using var iterable = await FakeIterable.StartAsync(TimeSpan.Zero, 0, cancellationToken);
                await using var muster = await MusterProcess.StartAsync(folder, iterable.Address, 5, cancellationToken);
                await MeasureAsync(muster, arguments.GetValue(people), arguments.GetValue(seconds), arguments.GetValue(burst), cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task MeasureAsync(MusterProcess muster, int people, int seconds, int burst, CancellationToken cancellationToken)
    {
        var project = await muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken);
        await EngageAsync(muster, (string)project["token"]!, people, cancellationToken);
        var connection = await muster.PostAsync(
            $"/projects/{project["id"]}/connections",
            new JsonObject { ["type"] = "iterable", ["name"] = "bench", ["apiKey"] = "key", ["dataCenter"] = "us" }, cancellationToken);
        var webhook = new Hook(new Uri((string)connection["webhook"]!["url"]!), (string)connection["webhook"]!["authorization"]!, people);

        await webhook.PostAsync(Connections, 5_000, null, cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"load of the machine before: {Checkout.Load():N1}"));
        var full = await webhook.PostAsync(Connections, int.MaxValue, null, cancellationToken, TimeSpan.FromSeconds(seconds));
        Say("as fast as it goes", full);
        var pace = full.Rate / 2;
        Say(string.Create(CultureInfo.InvariantCulture, $"at {pace:N0}/s"), await webhook.PostAsync(Connections, int.MaxValue, pace, cancellationToken, TimeSpan.FromSeconds(seconds)));
        Say(string.Create(CultureInfo.InvariantCulture, $"a burst of {burst:N0}"), await webhook.PostAsync(Connections, burst, null, cancellationToken));

        var unresolved = await muster.GetAsync($"/projects/{project["id"]}/unresolved", cancellationToken);
        var usage = await muster.Client.GetFromJsonAsync<JsonArray>(
            new Uri($"/api/v1/projects/{project["id"]}/usage/mtu?from=2026-10&to=2026-10", UriKind.Relative), cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"posted {webhook.Posted:N0}, stored {(long)usage![0]!["qualifyingEvents"]!:N0}, unresolved {unresolved["items"]!.AsArray().Count}"));
    }

    private static void Say(string what, Measured measured) => Console.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {measured.Count:N0} posts in {measured.Took.TotalSeconds:N1} s, {measured.Rate:N0}/s, p50 {measured.Percentile(50):N1} ms, p99 {measured.Percentile(99):N1} ms, {measured.Refused} answered 503"));

    /// <summary>So many people with addresses.</summary>
    public static async Task EngageAsync(MusterProcess muster, string token, int people, CancellationToken cancellationToken)
    {
        foreach (var chunk in Enumerable.Range(0, people).Chunk(2000))
        {
            var updates = chunk.Select(i => $$$"""{"$token":"{{{token}}}","$distinct_id":"person-{{{i}}}","$set":{"$email":"person{{{i}}}@x.example"}}""");
            using var content = new StringContent($"[{string.Join(',', updates)}]", Encoding.UTF8, "application/json");
            using var answer = await muster.Client.PostAsync(new Uri("/engage", UriKind.Relative), content, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>An event with a content of its own.</summary>
    public static string Body(int number, int people) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"email":"person{{{number * 7919L % people}}}@x.example","eventName":"emailOpen","dataFields":{"campaignId":59667,"campaignName":"Autumn sale","templateId":93849,"messageId":"d0aa7801f91f4824997a631f3{{{number:x8}}}","userAgentDevice":"Gmail","email":"person{{{number * 7919L % people}}}@x.example","channelId":16,"messageTypeId":2123,"labels":["sale"],"createdAt":"2026-10-{{{1 + (number / 86400 % 28):00}}} {{{number / 3600 % 24:00}}}:{{{number / 60 % 60:00}}}:{{{number % 60:00}}} +00:00"}}
        """);

    private sealed record Measured(int Count, TimeSpan Took, List<double> Milliseconds, int Refused)
    {
        public double Rate => Count / Took.TotalSeconds;

        public double Percentile(int percent) => Milliseconds.Order().ElementAt((Milliseconds.Count - 1) * percent / 100);
    }

    private sealed class Hook(Uri url, string authorization, int people)
    {
        private int _posted;

        public int Posted => _posted;

        /// <summary>Posts so many, or for so long, over so many connections, at a pace or as fast as it goes.</summary>
        public async Task<Measured> PostAsync(int connections, int most, double? pace, CancellationToken cancellationToken, TimeSpan? duration = null)
        {
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
            var (count, refused) = (0, 0);
            var times = new List<double>();
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
            {
                var own = new List<double>();
                while (Interlocked.Increment(ref count) is var number && number <= most && (duration is null || Stopwatch.GetElapsedTime(started) < duration))
                {
                    var due = pace is { } rate ? TimeSpan.FromSeconds(number / rate) : TimeSpan.Zero;
                    if (due - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } early)
                    {
                        await Task.Delay(early, TimeProvider.System, cancellationToken);
                    }

                    // Measured from when it was due: a queue before the server counts too.
                    var from = pace is null ? Stopwatch.GetElapsedTime(started) : due;
                    var body = Encoding.UTF8.GetBytes(Body(Interlocked.Increment(ref _posted), people));
                    while (true)
                    {
                        using var content = new ByteArrayContent(body);
                        using var answer = await client.PostAsync(url, content, cancellationToken);
                        if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                        {
                            answer.EnsureSuccessStatusCode();
                            break;
                        }

                        Interlocked.Increment(ref refused);
                        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
                    }

                    own.Add((Stopwatch.GetElapsedTime(started) - from).TotalMilliseconds);
                }

                lock (times)
                {
                    times.AddRange(own);
                }
            }));
            return new Measured(times.Count, Stopwatch.GetElapsedTime(started), times, refused);
        }
    }
}
