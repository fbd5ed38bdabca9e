using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Muster.Bench.Import;

/// <summary>How many single events a second POST /track takes, as browsers send them, each acknowledged when durable.</summary>
internal static class TrackCommand
{
    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server; without, one is started with an empty data folder." };
        var token = new Option<string?>("--token") { Description = "With --url: the project's ingestion token." };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 64 };
        var rate = new Option<int?>("--rate") { Description = "Records a second at most; without, as many as are acknowledged." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var command = new Command("track", "Single events a second over POST /track, in forms with base64.") { url, token, connections, rate, seconds };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var number = 0;
            await using var host = await IngestionHost.StartAsync(arguments.GetValue(url), arguments.GetValue(token), cancellationToken);
            await new Load
            {
                Records = ("events", 1),
                Path = "/track/?ip=1&_=1",
                Expected = "1",
                Next = () => Content(host.Token, Interlocked.Increment(ref number)),
                Connections = arguments.GetValue(connections),
                Rate = arguments.GetValue(rate),
                Duration = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
                WarmUp = 2000,
            }.RunAsync(host, cancellationToken);
        });
        return command;
    }

    private static ByteArrayContent Content(string token, int number)
    {
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var json = string.Create(CultureInfo.InvariantCulture, $$"""
            {"event":"Page View","properties":{"token":"{{token}}","time":{{time}},"distinct_id":"user-{{number % 50_000}}","$insert_id":"{{number:x16}}","mp_lib":"web","$lib_version":"2.83.0","$browser":"Chrome","$os":"Linux","$current_url":"https://shop.example/pricing?n={{number}}","plan":"pro"} }
            """);
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes($"data={Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)))}"));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return content;
    }
}
