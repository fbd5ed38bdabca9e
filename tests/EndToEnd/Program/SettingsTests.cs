using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Program;

/// <summary>Bad settings end the start with one line each.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-settings-").FullName;

    [Theory]
    [InlineData("MUSTER_URLS", "nowhere")]
    [InlineData("MUSTER_URLS", "ftp://127.0.0.1:1")]
    [InlineData("MUSTER_DATA_DIR", "/dev/null/data")]
    [InlineData("MUSTER_DATABASE", "Host=localhost;Database=muster")]
    [InlineData("MUSTER_STORE", "Host=localhost;Port=8123;Database=muster")]
    [InlineData("MUSTER_ADMIN_TOKEN", "a b")]
    [InlineData("MUSTER_ADMIN_EMAIL", "ada@example.com")]
    [InlineData("MUSTER_ADMIN_PASSWORD", "correct horse")]
    [InlineData("MUSTER_MASTER_KEY", "too-short")]
    [InlineData("MUSTER_OIDC_AUTHORITY", "http://login.example.com")]
    [InlineData("MUSTER_ITERABLE_US_URL", "api.iterable.com")]
    [InlineData("MUSTER_ITERABLE_EU_URL", "file:///etc")]
    [InlineData("MUSTER_MIXPANEL_API_URL", "x")]
    [InlineData("MUSTER_MIXPANEL_INGEST_URL", "x")]
    [InlineData("MUSTER_ITERABLE_RATE", "-1")]
    [InlineData("MUSTER_SYNC_INTERVAL", "15")]
    [InlineData("MUSTER_SYNC_INTERVAL", "00:00:30")]
    [InlineData("MUSTER_SYNC_MIN_INTERVAL", "1 minute")]
    [InlineData("MUSTER_SYNC_MAX_DYNAMIC", "many")]
    [InlineData("MUSTER_SYNC_MAX_MEMBERS", "0")]
    public async Task Serve_WrongValue_EndsWithOneLineNamingTheSetting(string name, string value)
    {
        var result = await ServeAsync(new() { [name] = value });

        result.Status.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.ErrorLines.ShouldHaveSingleItem().ShouldStartWith(name);
    }

    [Fact]
    public async Task Serve_SeveralWrongValues_EndsWithALineForEach()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "muster.json"), """{ "iterableRate": "fast", "colour": "red" }""", TestContext.Current.CancellationToken);

        var result = await ServeAsync(new() { ["MUSTER_SYNC_INTERVAL"] = "soon" });

        result.Status.ShouldBe(1);
        result.ErrorLines.Count.ShouldBe(3);
        result.Error.ShouldContain("muster.json: 'colour'");
        result.Error.ShouldContain("MUSTER_ITERABLE_RATE: 'fast' (muster.json)");
        result.Error.ShouldContain("MUSTER_SYNC_INTERVAL: 'soon' (environment)");
    }

    [Fact]
    public async Task Serve_SecretIsWrong_DoesNotRepeatIt()
    {
        var result = await ServeAsync(new() { ["MUSTER_DATABASE"] = "Host=db;Password=hunter2" });

        result.Error.ShouldNotContain("hunter2");
        result.Error.ShouldContain("PostgreSQL is not supported yet");
    }

    [Fact]
    public async Task Serve_OptionAndEnvironmentAndFile_TheFirstDecides()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "muster.json"), """{ "iterableRate": "from file", "syncMaxDynamic": "from file" }""", TestContext.Current.CancellationToken);

        var result = await ServeAsync(new() { ["MUSTER_ITERABLE_RATE"] = "from environment", ["MUSTER_SYNC_INTERVAL"] = "x" }, "--sync-interval", "from option");

        result.Error.ShouldContain("'from option' (--sync-interval)");
        result.Error.ShouldContain("'from environment' (environment)");
        result.Error.ShouldContain("MUSTER_SYNC_MAX_DYNAMIC: 'from file' (muster.json)");
    }

    [Theory]
    [InlineData("serve", "--colour", "red")]
    [InlineData("launch")]
    [InlineData("sync", "create")]
    [InlineData("cohort")]
    public async Task Run_WrongUsage_IsStatusTwo(params string[] arguments)
    {
        var result = await MusterProgram.RunAsync(arguments, folder: _folder);

        result.Status.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("--help");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<MusterResult> ServeAsync(Dictionary<string, string> environment, params string[] options) => MusterProgram.RunAsync(
        ["serve", .. options], new Dictionary<string, string>(environment) { ["MUSTER_URLS"] = environment.GetValueOrDefault("MUSTER_URLS", "http://127.0.0.1:0") }, _folder);
}
