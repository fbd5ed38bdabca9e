using Muster.Host;
using Muster.Host.Settings;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void Read_NothingSet_TakesTheDefaults()
    {
        var settings = Read([]);

        settings.Urls.ShouldBe(["http://127.0.0.1:8787"]);
        settings.DataDir.ShouldBe(Path.GetFullPath("./data"));
        settings.AdminToken.ShouldBeNull();
        settings.Iterable.Rate.ShouldBe(5);
        settings.Iterable.UsUrl.ShouldBe(new Uri("https://api.iterable.com"));
        settings.Syncs.Interval.ShouldBe(TimeSpan.FromMinutes(15));
        settings.Syncs.MinInterval.ShouldBe(TimeSpan.FromMinutes(1));
        settings.Syncs.MaxDynamic.ShouldBe(60);
        settings.Syncs.MaxMembers.ShouldBe(10_000_000);
    }

    [Theory]
    [InlineData("json", true)]
    [InlineData("JSON", true)]
    [InlineData("text", false)]
    public void Read_LogFormat_IsTaken(string format, bool json) => Read(new() { ["MUSTER_LOG_FORMAT"] = format }).LogsAreJson.ShouldBe(json);

    [Fact]
    public void Read_EmptyVariable_CountsAsNotSet() => Read(new() { ["MUSTER_ITERABLE_RATE"] = "" }).Iterable.Rate.ShouldBe(5);

    [Theory]
    [InlineData("http://*:8787")]
    [InlineData("http://[::1]:8787")]
    [InlineData("http://localhost:0; http://127.0.0.1:9000")]
    public void Read_GoodAddresses_AreTaken(string urls) => Read(new() { ["MUSTER_URLS"] = urls }).Urls.ShouldNotBeEmpty();

    [Theory]
    [InlineData("00:00:01")]
    [InlineData("00:00:00.5")]
    [InlineData("1.00:00:00")]
    public void Read_GoodSpan_IsTaken(string span) =>
        Read(new() { ["MUSTER_SYNC_INTERVAL"] = span, ["MUSTER_SYNC_MIN_INTERVAL"] = span }).Syncs.Interval.ShouldBe(TimeSpan.Parse(span, null));

    [Theory]
    [InlineData("15")]
    [InlineData("00:15")]
    [InlineData("-00:01:00")]
    [InlineData("00:00:00")]
    [InlineData("31.00:00:00")]
    [InlineData("PT15M")]
    public void Read_BadSpan_IsRefused(string span) =>
        Should.Throw<FailedException>(() => Read(new() { ["MUSTER_SYNC_INTERVAL"] = span })).Lines.ShouldHaveSingleItem().ShouldStartWith("MUSTER_SYNC_INTERVAL");

    [Theory]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("5,5")]
    [InlineData("∞")]
    public void Read_BadRate_IsRefused(string rate) =>
        Should.Throw<FailedException>(() => Read(new() { ["MUSTER_ITERABLE_RATE"] = rate })).Lines.ShouldHaveSingleItem().ShouldStartWith("MUSTER_ITERABLE_RATE");

    [Fact]
    public void Read_AdminEmailAndPassword_GoTogether() =>
        Read(new() { ["MUSTER_ADMIN_EMAIL"] = "ada@example.com", ["MUSTER_ADMIN_PASSWORD"] = "correct horse" }).ShouldNotBeNull();

    [Fact]
    public void Read_SecretInAFile_IsTakenWithoutTheEndOfItsLine()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "a-token-in-a-file\r\n");

        Read(new() { ["MUSTER_ADMIN_TOKEN_FILE"] = file }).AdminToken.ShouldBe("a-token-in-a-file");
        Read(new() { ["MUSTER_ADMIN_TOKEN_FILE"] = file, ["MUSTER_ADMIN_TOKEN"] = "another" }).AdminToken.ShouldBe("another");
        Read(new() { ["MUSTER_URLS_FILE"] = file }).Urls.ShouldBe(["http://127.0.0.1:8787"]);
        File.Delete(file);
        Should.Throw<FailedException>(() => Read(new() { ["MUSTER_ADMIN_TOKEN_FILE"] = file })).Lines.ShouldHaveSingleItem().ShouldStartWith("MUSTER_ADMIN_TOKEN_FILE");
    }

    [Theory]
    [InlineData("short")]
    [InlineData("a sentence that is long enough but has spaces")]
    public void Read_MasterKeyThatIsNone_IsRefusedAndNotRepeated(string key) =>
        Should.Throw<FailedException>(() => Read(new() { ["MUSTER_MASTER_KEY"] = key })).Lines.ShouldHaveSingleItem().ShouldNotContain(key);

    [Theory]
    [InlineData("https://login.example.com/realms/main", "secret", null, true)]
    [InlineData("http://127.0.0.1:9", "secret", "Analyst", true)]
    [InlineData("http://login.example.com", "secret", null, false)]
    [InlineData("https://login.example.com/?a=b", "secret", null, false)]
    [InlineData("https://login.example.com", "secret", "owner", false)]
    [InlineData("https://login.example.com", null, null, false)]
    [InlineData(null, null, "analyst", false)]
    public void Read_IdentityProvider_IsWholeAndSafeOrRefused(string? authority, string? secret, string? role, bool good)
    {
        var set = new Dictionary<string, string>();
        foreach (var (name, value) in new[] { ("AUTHORITY", authority), ("CLIENT_ID", authority is null ? null : "muster"), ("CLIENT_SECRET", secret), ("DEFAULT_ROLE", role) })
        {
            if (value is not null)
            {
                set[$"MUSTER_OIDC_{name}"] = value;
            }
        }

        if (good)
        {
            Read(set).Oidc!.ClientId.ShouldBe("muster");
        }
        else
        {
            Should.Throw<FailedException>(() => Read(set)).Lines.ShouldAllBe(l => l.StartsWith("MUSTER_OIDC_", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Setting_Spellings_FollowFromItsName()
    {
        SettingsTable.SyncMinInterval.Option.ShouldBe("--sync-min-interval");
        SettingsTable.SyncMinInterval.FileKey.ShouldBe("syncMinInterval");
        SettingsTable.IterableUsUrl.FileKey.ShouldBe("iterableUsUrl");
    }

    private static MusterSettings Read(Dictionary<string, string> environment) => MusterSettings.Read(
        new SettingsSource(_ => null, environment.GetValueOrDefault, Path.Combine(Path.GetTempPath(), "no-such-folder")));
}
