using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Muster.Bench.Serving;

namespace Muster.Bench.Import;

/// <summary>Sends requests over some connections, each waiting for its answer, and says how fast they were acknowledged.</summary>
internal sealed record Load
{
    /// <summary>What a record is called, and how many a request has.</summary>
    public required (string Name, int PerRequest) Records { get; init; }

    /// <summary>The path and query.</summary>
    public required string Path { get; init; }

    /// <summary>The next request's body; null: there are no more.</summary>
    public required Func<HttpContent?> Next { get; init; }

    /// <summary>The answer to a request whose records are all in; null: any with status 200.</summary>
    public string? Expected { get; init; }

    public required int Connections { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Requests before the clock starts: enough for the just-in-time compiler to have done its work.</summary>
    public required int WarmUp { get; init; }

    /// <summary>Records a second that are sent at most, evenly; null: as fast as they are acknowledged.</summary>
    public int? Rate { get; init; }

    /// <summary>How often to say how much memory the server has; null: once, at the end.</summary>
    public TimeSpan? Report { get; init; }

    /// <summary>Runs it and prints the figures.</summary>
    public async Task RunAsync(IngestionHost host, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        using var client = new HttpClient(handler) { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{host.Token}:")));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, WarmUp),
            new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken },
            async (_, stop) => await SendAsync(client, stop));

        var acknowledgements = new ConcurrentBag<double>();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var serverCpu = host.Process?.TotalProcessorTime ?? TimeSpan.Zero;
        var load = Checkout.Load();
        var started = Stopwatch.StartNew();
        var turn = 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reports = ReportAsync(host.Process, end.Token);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (started.Elapsed < Duration)
            {
                // Late for its turn, a request counts from when it should have been sent.
                var due = Due(Interlocked.Increment(ref turn) - 1);
                if (due - started.Elapsed is { } early && early > TimeSpan.Zero)
                {
                    await Task.Delay(early, TimeProvider.System, cancellationToken);
                }

                var sent = due ?? started.Elapsed;
                if (!await SendAsync(client, cancellationToken))
                {
                    break;
                }

                acknowledgements.Add((started.Elapsed - sent).TotalMilliseconds);
            }
        }));
        await end.CancelAsync();
        await reports;
        var elapsed = started.Elapsed.TotalSeconds;
        var sorted = acknowledgements.Order().ToList();
        var records = sorted.Count * Records.PerRequest;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {Records.Name + "/s",-10} {records / elapsed:N0}
            {Records.Name,-10} {records:N0} in {elapsed:N1} s
            ack p50    {sorted[sorted.Count / 2]:N1} ms
            ack p99    {sorted[sorted.Count * 99 / 100]:N1} ms
            ack max    {sorted[^1]:N1} ms
            client cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N1} s
            load       {load:N1} before, {Checkout.Load():N1} after
            {Server(host.Process, serverCpu, records)}
            """));
    }

    private TimeSpan? Due(int turn) => Rate is { } rate ? TimeSpan.FromSeconds((double)turn * Records.PerRequest / rate) : null;

    private async Task ReportAsync(Process? process, CancellationToken cancellationToken)
    {
        if (Report is not { } interval || process is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                process.Refresh();
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"memory     {process.WorkingSet64 / 1024 / 1024:N0} MiB"));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string Server(Process? process, TimeSpan before, int records)
    {
        if (process is null)
        {
            return "";
        }

        process.Refresh();
        var cpu = process.TotalProcessorTime - before;
        return string.Create(CultureInfo.InvariantCulture,
            $"server cpu {cpu.TotalSeconds:N1} s, {cpu.TotalMicroseconds / records:N1} µs a record, peak memory {process.PeakWorkingSet64 / 1024 / 1024:N0} MiB");
    }

    private async Task<bool> SendAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var content = Next();
        if (content is null)
        {
            return false;
        }

        using var answer = await client.PostAsync(new Uri(Path, UriKind.Relative), content, cancellationToken);
        var text = Expected is null && answer.StatusCode == HttpStatusCode.OK ? null : await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK && text == Expected
            ? true
            : throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
    }
}
