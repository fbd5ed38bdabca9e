using System.Text.Json;
using Muster.Tests.EndToEnd.Sync;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Backup;

public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-e2e-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Doctor_RunningThenStoppedThenBroken_SaysWhatIsWrongAndNoSecret()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(3);
        await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        var settings = new Dictionary<string, string>(world.Settings)
        {
            ["MUSTER_DATA_DIR"] = world.Muster.DataDir,
            ["MUSTER_URL"] = world.Muster.Address.ToString(),
            ["MUSTER_ADMIN_TOKEN"] = MusterProcess.AdminToken,
        };

        var (running, runningStatus) = await ExamineAsync(settings);
        (await world.Muster.RunAsync("backup", Path.Combine(_folder, "backup"))).Status.ShouldBe(0);
        var (backedUp, _) = await ExamineAsync(settings);
        (await world.Muster.StopAsync()).ShouldBe(0);
        var (stopped, stoppedStatus) = await ExamineAsync(settings);
        var text = await MusterProgram.RunAsync(["doctor"], settings);
        foreach (var key in Directory.GetFiles(Path.Combine(world.Muster.DataDir, "keys")))
        {
            File.Move(key, Path.Combine(_folder, Path.GetFileName(key)));
        }

        await File.WriteAllTextAsync(Path.Combine(world.Muster.DataDir, "keys", "note.txt"), "not a key", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(world.Muster.DataDir, "warehouse.duckdb"), "not a database", TestContext.Current.CancellationToken);
        var (broken, brokenStatus) = await ExamineAsync(new Dictionary<string, string>(settings) { ["MUSTER_ITERABLE_US_URL"] = "http://127.0.0.1:1" });

        runningStatus.ShouldBe(0);
        running["server"].ShouldBe("ok");
        running["server.warehouse"].ShouldBe("ok");
        running["controlDatabase"].ShouldBe("ok");
        running["keys"].ShouldBe("ok");
        running["iterableUs"].ShouldBe("ok");
        running["backup"].ShouldBe("warning");
        backedUp["backup"].ShouldBe("ok");
        stoppedStatus.ShouldBe(0);
        stopped["warehouse"].ShouldBe("ok");
        stopped["keys"].ShouldBe("ok");
        brokenStatus.ShouldBe(1);
        (broken["warehouse"], broken["keys"], broken["iterableUs"]).ShouldBe(("failed", "failed", "failed"));
        text.Output.ShouldContain("encrypted values");
        text.Output.ShouldNotContain(MusterProcess.AdminToken);
        text.Output.ShouldNotContain("sandbox-key");
        text.Output.ShouldNotContain("@example.com");
    }

    [Fact]
    public async Task Doctor_SettingIsWrongOrFolderMissing_Fails()
    {
        var wrong = await MusterProgram.RunAsync(["doctor", "--json", "--sync-interval", "soon"]);
        var missing = await MusterProgram.RunAsync(["doctor", "--data-dir", Path.Combine(_folder, "missing")]);

        wrong.Status.ShouldBe(1);
        wrong.Output.ShouldContain("MUSTER_SYNC_INTERVAL");
        missing.Status.ShouldBe(1);
        missing.Output.ShouldContain("There is no data folder");
        Directory.Exists(Path.Combine(_folder, "missing")).ShouldBeFalse();
    }

    private static async Task<(Dictionary<string, string> Checks, int Status)> ExamineAsync(IReadOnlyDictionary<string, string> settings)
    {
        var result = await MusterProgram.RunAsync(["doctor", "--json"], settings);
        var answer = JsonElement.Parse(result.Output);
        answer.GetProperty("ok").GetBoolean().ShouldBe(result.Status == 0, result.Output);
        return (answer.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("check").GetString()!, c => c.GetProperty("status").GetString()!), result.Status);
    }
}
