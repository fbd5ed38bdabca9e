using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Muster.Bench.Import;

/// <summary>How many events a second POST /import takes, each acknowledged when durable.</summary>
internal static class ImportCommand
{
    // Bodies are made for this rate; when they are used up the run ends early.
    private const int MostEventsPerSecond = 180_000;

    // Enough for the just-in-time compiler to have done its work.
    private const int WarmUp = 40;

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server; without, one is started with an empty data folder." };
        var token = new Option<string>("--token") { DefaultValueFactory = _ => HostCommand.Token, Description = "The project's ingestion token." };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 8 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 100_000 };
        var command = new Command("import", "Events a second over POST /import, gzip batches of 2,000.") { url, token, connections, seconds, people };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var given = arguments.GetValue(url);
            var duration = TimeSpan.FromSeconds(arguments.GetValue(seconds));
            var bodies = EventBodies.Make(
                (int)(duration.TotalSeconds * MostEventsPerSecond / EventBodies.EventsPerBody), arguments.GetValue(people),
                TimeProvider.System.GetUtcNow(), Environment.TickCount);
            if (given is not null)
            {
                await DriveAsync(given, arguments.GetValue(token)!, bodies, arguments.GetValue(connections), duration, null, cancellationToken);
                return;
            }

            var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
            using var host = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [HostCommand.Name, "--data-dir", folder, "--url", address])
            {
                RedirectStandardOutput = true,
            })!;
            try
            {
                while (await host.StandardOutput.ReadLineAsync(cancellationToken) is { } line && line != HostCommand.Ready)
                {
                }

                await DriveAsync(address, HostCommand.Token, bodies, arguments.GetValue(connections), duration, host, cancellationToken);
            }
            finally
            {
                host.Kill();
                await host.WaitForExitAsync(CancellationToken.None);
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task DriveAsync(
        string url, string token, List<byte[]> bodies, int connections, TimeSpan duration, Process? host, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{token}:")));
        var waiting = new ConcurrentQueue<byte[]>(bodies);
        for (var warmUp = 0; warmUp < WarmUp; warmUp++)
        {
            await SendAsync(client, waiting, cancellationToken);
        }

        var acknowledgements = new ConcurrentBag<double>();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var serverCpu = host?.TotalProcessorTime ?? TimeSpan.Zero;
        var started = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            while (started.Elapsed < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                if (!await SendAsync(client, waiting, cancellationToken))
                {
                    break;
                }

                acknowledgements.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        }));
        var elapsed = started.Elapsed.TotalSeconds;
        var sorted = acknowledgements.Order().ToList();
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            events/s   {sorted.Count * EventBodies.EventsPerBody / elapsed:N0}
            events     {sorted.Count * EventBodies.EventsPerBody:N0} in {elapsed:N1} s
            ack p50    {sorted[sorted.Count / 2]:N0} ms
            ack p99    {sorted[sorted.Count * 99 / 100]:N0} ms
            ack max    {sorted[^1]:N0} ms
            client cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N1} s
            {(host is null ? "" : Server(host, serverCpu, sorted.Count * EventBodies.EventsPerBody))}
            """));
    }

    private static string Server(Process host, TimeSpan before, int events)
    {
        host.Refresh();
        var cpu = host.TotalProcessorTime - before;
        return string.Create(CultureInfo.InvariantCulture,
            $"server cpu {cpu.TotalSeconds:N1} s, {cpu.TotalMicroseconds / events:N1} µs an event, peak memory {host.PeakWorkingSet64 / 1024 / 1024:N0} MiB");
    }

    private static async Task<bool> SendAsync(HttpClient client, ConcurrentQueue<byte[]> bodies, CancellationToken cancellationToken)
    {
        if (!bodies.TryDequeue(out var body))
        {
            return false;
        }

        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return true;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
