using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Upgrade;

/// <summary>A data folder that version 0.1.0 made and left, opened with the program of today.</summary>
/// <remarks>
/// <c>muster-0.1.0.tar.gz</c> has it, with the journal of the sandbox that it exported to. In it: project 1 with the people
/// u1 to u40 (those above 30 have no address) and 230 events, of which u1 to u20 bought as often as their number says;
/// cohort 1 'Buyers' (bought five times: 16), 2 'Pro buyers' (of those, plan 'pro': 8), 3 'Chosen' (uploaded: u1, u2, u35
/// and one unknown id); a connection; a dynamic sync of cohort 1 and a one-time sync of cohort 3, each with a settled run;
/// a token of role consumer.
/// </remarks>
public sealed class FirstReleaseTests
{
    private const string SandboxKey = "sandbox-key-of-the-tests";
    private const string ProjectToken = "d4d901054931e78b2ae6b029316311b7";
    private const string ConsumerToken = "mst_af234495114ead9946ad4a096d45dbee677e1c3ae563b6db0e26a3e7a5a2a956";
    private const long FirstTime = 1_795_000_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_OnAFolderOfTheFirstRelease_HasEverythingAndItsSyncsGoOn()
    {
        var folder = Directory.CreateTempSubdirectory("muster-e2e-").FullName;
        try
        {
            await using (var packed = new GZipStream(typeof(FirstReleaseTests).Assembly.GetManifestResourceStream("muster-0.1.0.tar.gz")!, CompressionMode.Decompress))
            {
                await TarFile.ExtractToDirectoryAsync(packed, folder, overwriteFiles: false, Stop);
            }

            await using var sandbox = await IterableSandbox.StartAsync(new SandboxOptions
            {
                Urls = "http://127.0.0.1:0",
                Keys = [SandboxKey],
                Rate = 0,
                ReadsPerMinute = 0,
                DataFile = Path.Combine(folder, "sandbox.journal"),
            });
            var settings = new Dictionary<string, string> { ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString(), ["MUSTER_ITERABLE_RATE"] = "0" };
            await using var muster = await MusterProcess.StartAsync(settings, dataDir =>
            {
                Fill(dataDir, Path.Combine(folder, "data"));
                return Task.CompletedTask;
            });

            await HasEverythingAsync(muster);
            await GoesOnAsync(muster, sandbox);
            (await muster.StopAsync()).ShouldBe(0);
            var doctor = await MusterProgram.RunAsync(["doctor", "--data-dir", muster.DataDir], settings);
            doctor.Status.ShouldBe(0, doctor.Output);
            doctor.Output.ShouldContain("warehouse.duckdb can be read and is up to date");
            doctor.Output.ShouldContain("The keys open all");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task HasEverythingAsync(MusterProcess muster)
    {
        (await GetAsync(muster, "projects/1")).GetProperty("token").GetString().ShouldBe(ProjectToken);
        (await CountsAsync(muster)).ShouldBe([16, 8, 3]);
        (await GetAsync(muster, "projects/1/events?limit=1000")).GetProperty("items").GetArrayLength().ShouldBe(230);
        (await GetAsync(muster, "projects/1/users/u7")).ToString().ShouldContain("u7@example.com");
        var receipts = await muster.Http.GetStringAsync(new Uri("/api/v1/runs/1/receipts.csv", UriKind.Relative), Stop);
        receipts.Split("\r\n").Count(line => line.EndsWith(",add,added,", StringComparison.Ordinal)).ShouldBe(16);
        (await muster.Http.GetStringAsync(new Uri("/api/v1/runs/2/receipts.csv", UriKind.Relative), Stop)).ShouldContain("u35,,,none,skipped,no_email");

        using var consumer = new HttpClient { BaseAddress = muster.Address };
        consumer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ConsumerToken);
        (await consumer.GetAsync(new Uri("/api/v1/cohorts/1", UriKind.Relative), Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await consumer.GetAsync(new Uri("/api/v1/projects/1/audit", UriKind.Relative), Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    // Events that were sent before are known still; a new buyer joins the list that 0.1.0 filled, and who was on it stays
    // without a call.
    private static async Task GoesOnAsync(MusterProcess muster, RunningSandbox sandbox)
    {
        await ImportAsync(muster, Purchase(20, 3, 3));
        (await GetAsync(muster, "projects/1/events?limit=1000")).GetProperty("items").GetArrayLength().ShouldBe(230);
        await ImportAsync(muster, Purchase(3, 3, 5));
        (await CountsAsync(muster)).ShouldBe([17, 9, 3]);

        var added = await RunUntilAsync(muster, "u3");

        added.GetProperty("listId").GetInt64().ShouldBe(1_064_801);
        using var http = new HttpClient { BaseAddress = sandbox.Address };
        var lists = (await http.GetFromJsonAsync<JsonElement>("/sandbox/state", Stop)).GetProperty("lists").EnumerateArray().ToList();
        lists.Count.ShouldBe(2);
        Addresses(lists[0]).ShouldBe([.. Enumerable.Range(5, 16).Append(3).Select(i => $"u{i}@example.com")], ignoreOrder: true);
        Addresses(lists[1]).ShouldBe(["u1@example.com", "u2@example.com"], ignoreOrder: true);
        var calls = await http.GetFromJsonAsync<JsonElement>("/sandbox/calls", Stop);
        calls.GetProperty("totals").EnumerateArray().Where(t => t.GetProperty("path").GetString()!.EndsWith("subscribe", StringComparison.Ordinal))
            .Sum(t => t.GetProperty("calls").GetInt32()).ShouldBe(1, calls.ToString());
    }

    // What became due meanwhile runs by itself, so the run that adds may be another than the one asked for.
    private static async Task<JsonElement> RunUntilAsync(MusterProcess muster, string distinctId)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            using (await muster.Http.PostAsJsonAsync(new Uri("/api/v1/syncs/1/runs", UriKind.Relative), new { }, Stop))
            {
            }

            foreach (var run in (await GetAsync(muster, "syncs/1/runs")).GetProperty("items").EnumerateArray().Where(r => r.GetProperty("id").GetInt64() > 2))
            {
                run.GetProperty("status").GetString().ShouldBeOneOf("queued", "running", "succeeded");
                if (run.GetProperty("status").GetString() == "succeeded" && run.GetProperty("adds").GetInt32() > 0)
                {
                    var receipts = await muster.Http.GetStringAsync(new Uri($"/api/v1/runs/{run.GetProperty("id")}/receipts.csv", UriKind.Relative), Stop);
                    receipts.ShouldContain($"{distinctId},{distinctId}@example.com,,add,added");
                    (run.GetProperty("adds").GetInt32(), run.GetProperty("removes").GetInt32(), run.GetProperty("unchanged").GetInt32()).ShouldBe((1, 0, 16));
                    return run.Clone();
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Stop);
        }

        throw new TimeoutException($"No run added {distinctId}: {muster.Log}");
    }

    private static async Task<List<long>> CountsAsync(MusterProcess muster)
    {
        var counts = new List<long>();
        foreach (var cohort in (int[])[1, 2, 3])
        {
            using var answer = await muster.Http.PostAsJsonAsync(new Uri($"/api/v1/cohorts/{cohort}/count", UriKind.Relative), new { }, Stop);
            counts.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("count").GetInt64());
        }

        return counts;
    }

    private static Task<JsonElement> GetAsync(MusterProcess muster, string path) => muster.Http.GetFromJsonAsync<JsonElement>($"/api/v1/{path}", Stop);

    private static List<string> Addresses(JsonElement list) => [.. list.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("email").GetString()!)];

    private static IEnumerable<object> Purchase(int person, int from, int to) => Enumerable.Range(from, to - from + 1).Select(n => new
    {
        @event = "Purchase",
        properties = new Dictionary<string, object>
        {
            ["time"] = FirstTime + (person * 1000) + (n * 60),
            ["distinct_id"] = $"u{person}",
            ["$insert_id"] = $"e-{person}-{n}",
        },
    });

    private static async Task ImportAsync(MusterProcess muster, IEnumerable<object> events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/import?strict=1") { Content = JsonContent.Create(events) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ProjectToken}:")));
        using var answer = await muster.Http.SendAsync(request, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static void Fill(string dataDir, string from)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(dataDir, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
