using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Muster.Bench.Import;

/// <summary>Gzip bodies of believable events, made before the clock starts, so that the client costs little while it runs.</summary>
internal static class EventBodies
{
    public const int EventsPerBody = 2000;

    private static readonly string[] Names =
        ["Page View", "Sign Up", "Log In", "Search", "Add to Cart", "Purchase", "Share", "Invite", "Upgrade", "Play", "Pause", "Rate"];

    public static List<byte[]> Make(int bodies, int people, DateTimeOffset now, int seed)
    {
        var random = new Random(seed);
        var made = new List<byte[]>(bodies);
        var text = new StringBuilder();
        for (var i = 0; i < bodies; i++)
        {
            text.Clear().Append('[');
            for (var n = 0; n < EventsPerBody; n++)
            {
                text.Append(n > 0 ? "," : "");
                Add(text, random, people, now);
            }

            made.Add(Pack(text.Append(']').ToString()));
        }

        return made;
    }

    private static void Add(StringBuilder text, Random random, int people, DateTimeOffset now)
    {
        var time = now.ToUnixTimeMilliseconds() - random.Next(60_000);
        text.Append(CultureInfo.InvariantCulture, $$"""
            {"event":"{{Names[random.Next(Names.Length)]}}","properties":{"time":{{time}},"distinct_id":"user-{{random.Next(people)}}","$insert_id":"{{random.NextInt64():x16}}{{random.NextInt64():x16}}","$browser":"Firefox","$os":"Linux","country":"DE","plan":"pro","amount":{{random.Next(10_000) / 100.0}},"step":{{random.Next(9)}},"utm_source":"newsletter","returning":{{(random.Next(2) == 0 ? "true" : "false")}} } }
            """);
    }

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
