using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Muster.Tests.EndToEnd.Sync;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Backup;

public sealed class BackupVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-e2e-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Restore_OfABackupOfAStoppedAndOfARunningServer_HasEveryRowOfBothStores()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(30);
        await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        using var refused = await world.Muster.Http.PostAsJsonAsync("/track", new[] { Merge(world.Token, "u1", "u2"), Merge(world.Token, "u1", "u2") }, Stop);
        await SignInAsync(world.Muster);

        var running = await world.Muster.RunAsync("backup", At("running"), "--json");
        (await world.Muster.StopAsync()).ShouldBe(0);
        var stopped = await MusterProgram.RunAsync(["backup", At("stopped"), "--data-dir", world.Muster.DataDir]);

        running.Status.ShouldBe(0, running.Error);
        JsonElement.Parse(running.Output).GetProperty("directory").GetString().ShouldBe(At("running"));
        stopped.Status.ShouldBe(0, stopped.Error);
        var warehouse = StoreContents.OfWarehouse(world.Muster.DataDir);
        var control = StoreContents.OfControl(world.Muster.DataDir);
        control.Single(t => t.Key.StartsWith("Sessions:", StringComparison.Ordinal)).Value.ShouldNotBeEmpty();
        foreach (var backup in (string[])["running", "stopped"])
        {
            var restored = At($"{backup}-restored");
            var result = await MusterProgram.RunAsync(["restore", At(backup), "--data-dir", restored]);
            result.Status.ShouldBe(0, result.Error);
            IsSame(StoreContents.OfWarehouse(restored), warehouse, []);
            // The entry of the backup itself came after its moment, lists are to be read again, and everyone signs in anew.
            IsSame(StoreContents.OfControl(restored), control, ["Audit:", "Syncs:", "Sessions:", "sqlite_sequence:", .. backup == "running" ? ["QRTZ_"] : Array.Empty<string>()]);
            StoreContents.Control(restored, "SELECT count(*) FROM Sessions").ShouldBe(["0"]);
            StoreContents.Control(restored, "SELECT ListId, ListReadAt FROM Syncs").ShouldHaveSingleItem().ShouldEndWith("|");
            Directory.GetFiles(Path.Combine(restored, "keys")).Select(k => File.ReadAllText(k))
                .ShouldBe(Directory.GetFiles(Path.Combine(world.Muster.DataDir, "keys")).Select(k => File.ReadAllText(k)), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Restore_FolderInUseOrFullOrBackupDamaged_IsRefusedAndNothingChanges()
    {
        await using var muster = await MusterProcess.StartAsync();
        (await muster.RunAsync("project", "create", "p")).Status.ShouldBe(0);
        (await muster.RunAsync("backup", At("backup"))).Status.ShouldBe(0);

        var inUse = await RestoreAsync("backup", muster.DataDir, "--replace");
        (await muster.RunAsync("project", "create", "q")).Status.ShouldBe(0);
        (await muster.StopAsync()).ShouldBe(0);
        var full = await RestoreAsync("backup", muster.DataDir);
        var none = await RestoreAsync("nothing", At("new"));
        Damage("damaged", "warehouse.duckdb", bytes => bytes[^100] ^= 1);
        var damaged = await RestoreAsync("damaged", muster.DataDir, "--replace");
        Damage("short", "control.db", bytes => bytes[^1] = 0, keep: 5000);
        var cutOff = await RestoreAsync("short", At("new"));
        Damage("newer", "manifest.json", _ => { });
        Edit(At("newer"), "0001_people_and_events.sql", "9999_not_known_yet.sql");
        var newer = await RestoreAsync("newer", At("new"));
        Damage("outside", "manifest.json", _ => { });
        Edit(At("outside"), "\"control.db\"", "\"../control.db\"");
        var outside = await RestoreAsync("outside", At("new"));

        inUse.Status.ShouldBe(1);
        inUse.Error.ShouldContain("in use by another muster process");
        full.Error.ShouldContain("is not empty");
        none.Error.ShouldContain("is not a backup");
        damaged.Error.ShouldContain("warehouse.duckdb of the backup is not what its manifest says");
        cutOff.Error.ShouldContain("control.db of the backup has 5000 bytes");
        newer.Error.ShouldContain("newer Muster");
        outside.Error.ShouldContain("outside of the backup");
        new[] { full, none, damaged, cutOff, newer, outside }.ShouldAllBe(r => r.Status == 1 && r.Output.Length == 0);
        StoreContents.Control(muster.DataDir, "SELECT Name FROM Projects ORDER BY Id").ShouldBe(["p", "q"]);

        var replaced = await RestoreAsync("backup", muster.DataDir, "--replace");
        replaced.Status.ShouldBe(0, replaced.Error);
        StoreContents.Control(muster.DataDir, "SELECT Name FROM Projects").ShouldBe(["p"]);
        var former = Directory.GetDirectories(muster.DataDir, "before-restore-*").ShouldHaveSingleItem();
        replaced.Error.ShouldContain(former);
        StoreContents.Control(former, "SELECT Name FROM Projects ORDER BY Id").ShouldBe(["p", "q"]);
        await muster.StartAgainAsync();
        (await muster.RunAsync("project", "list")).Output.ShouldNotContain("q ");
    }

    [Fact]
    public async Task Serve_ARestoreWasCutOff_RefusesTheFolderUntilItIsDone()
    {
        await using var muster = await MusterProcess.StartAsync();
        (await muster.RunAsync("backup", At("backup"))).Status.ShouldBe(0);
        Directory.CreateDirectory(Path.Combine(At("data"), "restoring"));

        var refused = await MusterProgram.RunAsync(["serve", "--data-dir", At("data"), "--urls", "http://127.0.0.1:0"]);
        var restored = await RestoreAsync("backup", At("data"));

        refused.Status.ShouldBe(1);
        refused.Error.ShouldContain("a restore into");
        restored.Status.ShouldBe(0, restored.Error);
        Directory.Exists(Path.Combine(At("data"), "restoring")).ShouldBeFalse();
    }

    [Fact]
    public async Task Backup_NotAnInstanceAdminOrNowhereToGo_IsRefused()
    {
        await using var muster = await MusterProcess.StartAsync();
        await muster.RunAsync("project", "create", "p");
        var token = JsonElement.Parse((await muster.RunAsync("token", "create", "t", "--role", "admin", "--project", "1", "--json")).Output).GetProperty("token").GetString()!;
        Directory.CreateDirectory(At("full"));
        await File.WriteAllTextAsync(Path.Combine(At("full"), "mine"), "x", Stop);

        var ofOneProject = await MusterProgram.RunAsync(["backup", At("a"), "--url", muster.Address.ToString(), "--token", token]);
        var full = await muster.RunAsync("backup", At("full"));
        var nobody = await MusterProgram.RunAsync(["backup", At("b"), "--url", "http://127.0.0.1:1"], folder: _folder);
        var served = await MusterProgram.RunAsync(["backup", At("c"), "--data-dir", muster.DataDir]);

        ofOneProject.Status.ShouldBe(1);
        full.Error.ShouldContain("is there already and not empty");
        nobody.Error.ShouldContain("No Muster answers");
        nobody.Error.ShouldContain("--data-dir");
        served.Error.ShouldContain("in use by another muster process");
        Directory.GetFileSystemEntries(_folder).ShouldBe([At("full")]);
        using var http = new HttpClient { BaseAddress = muster.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsync(new Uri("/api/v1/backup", UriKind.Relative), null, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static void IsSame(Dictionary<string, List<string>> actual, Dictionary<string, List<string>> expected, string[] not)
    {
        actual.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var (table, rows) in expected.Where(t => !not.Any(n => t.Key.StartsWith(n, StringComparison.Ordinal))))
        {
            actual[table].ShouldBe(rows, table);
        }
    }

    private static object Merge(string token, string one, string other) => new
    {
        @event = "$merge",
        properties = new Dictionary<string, object> { ["token"] = token, ["$distinct_ids"] = new[] { one, other } },
    };

    private static async Task SignInAsync(MusterProcess muster)
    {
        using var made = await muster.Http.PostAsJsonAsync("/api/v1/projects/1/people", new { email = "ann@example.com", role = "analyst", password = "ann's own password" }, Stop);
        made.EnsureSuccessStatusCode();
        using var browser = new HttpClient { BaseAddress = muster.Address };
        using var signedIn = await browser.PostAsJsonAsync("/account/sign-in", new { email = "ann@example.com", password = "ann's own password" }, Stop);
        signedIn.EnsureSuccessStatusCode();
    }

    private Task<MusterResult> RestoreAsync(string backup, string dataDir, params IReadOnlyList<string> more) =>
        MusterProgram.RunAsync(["restore", At(backup), "--data-dir", dataDir, .. more]);

    private string At(string name) => Path.Combine(_folder, name);

    private void Damage(string name, string file, Action<byte[]> damage, int? keep = null)
    {
        foreach (var source in Directory.EnumerateFiles(At("backup"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(At(name), Path.GetRelativePath(At("backup"), source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }

        var path = Path.Combine(At(name), file);
        var bytes = File.ReadAllBytes(path);
        damage(bytes);
        File.WriteAllBytes(path, bytes[..(keep ?? bytes.Length)]);
    }

    private static void Edit(string backup, string from, string to)
    {
        var path = Path.Combine(backup, "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));
    }
}
