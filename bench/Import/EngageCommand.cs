using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Muster.Bench.Import;

/// <summary>How many profile updates a second POST /engage takes in batches, each acknowledged when durable.</summary>
internal static class EngageCommand
{
    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server; without, one is started with an empty data folder." };
        var token = new Option<string?>("--token") { Description = "With --url: the project's ingestion token." };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 8 };
        var rate = new Option<int?>("--rate") { Description = "Records a second at most; without, as many as are acknowledged." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 200_000 };
        var batch = new Option<int>("--batch") { DefaultValueFactory = _ => 2000 };
        var operations = new Option<bool>("--all-operations") { Description = "Counters and lists too, not only $set." };
        var command = new Command("engage", "Profile updates a second over POST /engage, in batches.") { url, token, connections, rate, seconds, people, batch, operations };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var number = 0;
            var size = arguments.GetValue(batch);
            await using var host = await IngestionHost.StartAsync(arguments.GetValue(url), arguments.GetValue(token), cancellationToken);
            await new Load
            {
                Records = ("updates", size),
                Path = "/engage?verbose=1&ip=0",
                Expected = """{"status":1,"error":null}""",
                Next = () => Content(host.Token, Interlocked.Increment(ref number), size, arguments.GetValue(people), arguments.GetValue(operations)),
                Connections = arguments.GetValue(connections),
                Rate = arguments.GetValue(rate),
                Duration = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
                WarmUp = 20,
            }.RunAsync(host, cancellationToken);
        });
        return command;
    }

    private static ByteArrayContent Content(string token, int number, int size, int people, bool allOperations)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < size; i++)
        {
            // Each profile comes round again and again: made first, then changed.
            var who = ((((long)number * size) + i) * 7919) % people;
            var more = allOperations ? $$""","$add":{"logins":1},"$append":{"seen":{{i}}},"$union":{"tags":["t{{i % 5}}"]},"$set_once":{"first":1}""" : "";
            text.Append(i > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $$"""
                {"$token":"{{token}}","$distinct_id":"user-{{who}}","$set":{"$email":"user-{{who}}@example.com","$first_name":"Ada","$last_name":"Lovelace","$iterable_user_id":"u-{{who}}","plan":"pro","score":{{number % 100}},"country":"DE"}{{more}} }
                """);
        }

        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text.Append(']').ToString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
