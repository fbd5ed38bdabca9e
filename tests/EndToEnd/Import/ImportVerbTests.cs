using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Import;

/// <summary><c>muster import</c> against a served program, and the way back out through the query side.</summary>
public sealed class ImportVerbTests : IDisposable
{
    private const string Export = "/api/2.0/export?from_date=2026-01-01&to_date=2026-12-31&project_id=1";

    private static readonly long Past = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-import-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Import_ExportOfOneProjectIntoAnother_IsTheSameData()
    {
        await using var muster = await MusterProcess.StartAsync();
        await ProjectAsync(muster, "From");
        await ProjectAsync(muster, "To");
        var events = await WriteAsync("events.ndjson", Enumerable.Range(0, 3000).Select(i => Event(i)));
        var profiles = await WriteAsync("people.csv.gz", ["$distinct_id,$email,age,zip,vip", .. Enumerable.Range(0, 1500).Select(i => $"u{i},u{i}@x.io,{i % 90},0{i:D4},{(i % 2 == 0 ? "true" : "")}")], pack: true);
        (await muster.RunAsync("import", "events", events, "--project", "1")).ShouldBeDone();
        (await muster.RunAsync("import", "profiles", profiles, "--project", "1")).ShouldBeDone();

        var exported = await muster.Http.GetStringAsync(new Uri(Export, UriKind.Relative), Token);
        var page = await muster.Http.GetStringAsync(new Uri("/api/query/engage?project_id=1", UriKind.Relative), Token);
        var second = await muster.Http.GetStringAsync(new Uri($"/api/query/engage?project_id=1&page=1&session_id={JsonElement.Parse(page).GetProperty("session_id")}", UriKind.Relative), Token);
        var raw = await WriteAsync("export.jsonl.gz", [exported.TrimEnd('\n')], pack: true);
        var pages = await WriteAsync("pages.json", [page, second]);
        var moved = await muster.RunAsync("import", "events", raw, "--project", "2", "--json");
        (await muster.RunAsync("import", "profiles", pages, "--project", "2")).ShouldBeDone();

        moved.ShouldBeDone();
        moved.Output.Trim().ShouldBe("""{"records":3000,"imported":3000,"refused":0}""");
        Sorted(await muster.Http.GetStringAsync(new Uri(Export.Replace("project_id=1", "project_id=2", StringComparison.Ordinal), UriKind.Relative), Token)).ShouldBe(Sorted(exported));
        var there = JsonElement.Parse(await muster.Http.GetStringAsync(new Uri("/api/query/engage?project_id=2&distinct_ids=[\"u8\"]", UriKind.Relative), Token));
        there.GetProperty("results").GetRawText().ShouldBe("""[{"$distinct_id":"u8","$properties":{"$email":"u8@x.io","age":8,"zip":"00008","vip":true}}]""");
        JsonElement.Parse(await muster.Http.GetStringAsync(new Uri("/api/query/engage?project_id=2", UriKind.Relative), Token)).GetProperty("total").GetInt32().ShouldBe(1500);
    }

    [Fact]
    public async Task Import_WithRecordsThatAreWrong_NamesTheirLinesAndKeepsThem()
    {
        await using var muster = await MusterProcess.StartAsync();
        await ProjectAsync(muster, "Shop");
        var file = await WriteAsync("events.ndjson",
        [
            Event(0), "", "{\"event\":", "[1]", """{"event":"x","properties":{"distinct_id":"a","$insert_id":"no-time"}}""",
            $"[{Event(1)},{Event(2)}]", """{"event":"x","properties":{"time":1790000000,"distinct_id":"null"}}""", Event(3),
        ]);

        var result = await muster.RunAsync("import", "events", file);

        result.Status.ShouldBe(1);
        result.Output.Trim().ShouldBe("4 events are in, 4 were refused.");
        result.ErrorLines.Where(l => l.StartsWith("line ", StringComparison.Ordinal)).Select(l => l.Split(':')[0]).ShouldBe(["line 3", "line 4", "line 5", "line 7"]);
        var kept = (await File.ReadAllLinesAsync($"{file}.muster-refused", Token)).Select(l => JsonElement.Parse(l)).ToList();
        kept.Select(k => k.GetProperty("line").GetInt32()).ShouldBe([3, 4, 5, 7]);
        kept.ShouldAllBe(k => k.GetProperty("message").GetString()!.Length > 0 && k.GetProperty("record_sent").ValueKind != JsonValueKind.Undefined);
        (await muster.RunAsync("import", "events", file)).Error.ShouldContain("imported before");
        (await muster.RunAsync("import", "events", file, "--again")).Output.Trim().ShouldBe("4 events are in, 4 were refused.");
        (await LinesAsync(muster)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Import_KilledAndRunAgain_HasEveryEventOnce()
    {
        const int Events = 60_000;
        await using var muster = await MusterProcess.StartAsync();
        await ProjectAsync(muster, "Shop");
        // Half of them bring no $insert_id: they must not double either.
        var file = await WriteAsync("events.ndjson", Enumerable.Range(0, Events).Select(i => Event(i, withId: i % 2 == 0)));
        var kills = 0;
        for (var want = 8000; want < Events; want += 24_000)
        {
            kills += await KillWhenAsync(muster, file, want) ? 1 : 0;
        }

        var last = await muster.RunAsync("import", "events", file, "--json");

        last.ShouldBeDone();
        kills.ShouldBeGreaterThan(0);
        last.Error.ShouldContain("Going on after record");
        last.Output.Trim().ShouldBe($$"""{"records":{{Events}},"imported":{{Events}},"refused":0}""");
        var lines = await LinesAsync(muster);
        lines.Count.ShouldBe(Events);
        lines.Select(l => JsonElement.Parse(l).GetProperty("properties").GetProperty("n").GetInt32()).Distinct().Count().ShouldBe(Events);
    }

    [Fact]
    public async Task Import_FilesOfEveryKind_EndAsTheyShould()
    {
        await using var muster = await MusterProcess.StartAsync();
        await ProjectAsync(muster, "Shop");
        var changed = await WriteAsync("events.ndjson", [Event(0), Event(1)]);
        (await muster.RunAsync("import", "events", changed)).ShouldBeDone();
        await File.AppendAllTextAsync(changed, Event(2) + "\n", Token);

        var other = await muster.RunAsync("import", "events", changed);
        var missing = await muster.RunAsync("import", "events", Path.Combine(_folder, "nothing"));
        var unknown = await muster.RunAsync("import", "people", changed);

        other.Status.ShouldBe(1);
        other.Error.ShouldContain("--again");
        missing.Status.ShouldBe(1);
        unknown.Status.ShouldBe(2);
        var empty = await WriteAsync("empty.ndjson", []);
        (await muster.RunAsync("import", "events", empty)).ShouldBeDone();
        var input = await MusterProgram.RunAsync(
            ["import", "profiles", "-"], new Dictionary<string, string> { ["MUSTER_URL"] = muster.Address.ToString(), ["MUSTER_TOKEN"] = MusterProcess.AdminToken },
            _folder, """{"$distinct_id":"a","$set":{"n":1}}""");
        input.ShouldBeDone();
    }

    // Kills the verb when its state says that so many records are in; false when it was done before.
    private static async Task<bool> KillWhenAsync(MusterProcess muster, string file, long records)
    {
        var start = MusterProgram.StartInfo(["import", "events", file]);
        start.Environment["MUSTER_URL"] = muster.Address.ToString();
        start.Environment["MUSTER_TOKEN"] = MusterProcess.AdminToken;
        using var process = Process.Start(start)!;
        using var reached = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(file)!, "*.muster-import");
        watcher.Renamed += (_, _) => Look();
        watcher.Changed += (_, _) => Look();
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        var ended = process.WaitForExitAsync(Token);
        await Task.WhenAny(reached.WaitAsync(Token), ended);
        var killed = !process.HasExited;
        process.Kill();
        await ended;
        return killed;

        void Look()
        {
            try
            {
                if (JsonElement.Parse(File.ReadAllBytes($"{file}.muster-import")).GetProperty("records").GetInt64() >= records)
                {
                    reached.Release();
                }
            }
            catch (IOException)
            {
                // Between one state and the next: it will be looked at again.
            }
        }
    }

    private static string Event(int i, bool withId = true) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"event":"e{{i % 5}}","properties":{"time":{{Past + (i % 1000)}},"distinct_id":"u{{i % 100}}",{{(withId ? $"\"$insert_id\":\"i-{i}\"," : "")}}"n":{{i}} } }""");

    private static List<string> Sorted(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static async Task<List<string>> LinesAsync(MusterProcess muster) =>
        Sorted(await muster.Http.GetStringAsync(new Uri(Export, UriKind.Relative), Token));

    private static async Task ProjectAsync(MusterProcess muster, string name)
    {
        using var made = await muster.Http.PostAsJsonAsync(new Uri("/api/v1/projects", UriKind.Relative), new { name }, Token);
        made.EnsureSuccessStatusCode();
    }

    private async Task<string> WriteAsync(string name, IEnumerable<string> lines, bool pack = false)
    {
        var path = Path.Combine(_folder, name);
        await using var file = File.Create(path);
        await using var packed = pack ? new GZipStream(file, CompressionLevel.Fastest) : null;
        await using var text = new StreamWriter(packed is null ? file : packed, new UTF8Encoding(false));
        foreach (var line in lines)
        {
            await text.WriteAsync(line + "\n");
        }

        return path;
    }
}

internal static class ResultAssertions
{
    public static void ShouldBeDone(this MusterResult result) => result.Status.ShouldBe(0, $"{result.Output}\n{result.Error}");
}
