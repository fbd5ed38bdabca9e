using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Ingestion;

/// <summary>Mixpanel's own SDKs, pointed at the real program, notice nothing, and what they sent is there.</summary>
public sealed class MixpanelSdkTests(ITestOutputHelper output)
{
    private const string Folder = "MixpanelClients";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodeSdk_EveryCall_IsAnsweredAndStored()
    {
        await using var muster = await MusterProcess.StartAsync();
        var (token, secret) = await NewProjectAsync(muster);
        var (certificate, key) = await MakeCertificateAsync(muster.DataDir);
        var line = await NodeScript.RunAsync(Folder, "node.mjs", [muster.Address.ToString(), token, secret, certificate, key], certificate);

        var calls = JsonSerializer.Deserialize<List<Call>>(line, JsonSerializerOptions.Web)!;
        calls.ForEach(call => output.WriteLine($"{call.Name}: {call.Error ?? "ok"}"));
        calls.Where(call => call.Error is not null && call.Name != "refused").ShouldBeEmpty();
        calls.Single(call => call.Name == "refused").Error.ShouldNotBeNull().ShouldContain("no project has this token");

        (await muster.StopAsync()).ShouldBe(0);
        var events = StoredData.Read(muster.DataDir, StoredData.Events);
        events.Count(e => e[0] == "Node Track").ShouldBe(3);
        events.Where(e => e[0] == "Node Track").ShouldAllBe(e => Property(e[2], "text") == "Grüße 🙂 >>>???" && Property(e[2], "mp_lib") == "node");
        events.Count(e => e[0] == "Node Long").ShouldBe(3);
        events.Count(e => e[0] == "Node Batch").ShouldBe(360);
        events.Count(e => e[0] == "$create_alias").ShouldBe(3);
        events.Count(e => e[0] == "Node Import").ShouldBe(1);
        events.Count(e => e[0] == "Node Import Batch").ShouldBe(120);
        events.ShouldNotContain(e => e[0] == "Refused");

        var person = StoredData.Read(muster.DataDir, StoredData.People).Single()[1];
        ShouldBe(person, """
            {"$email":"node@example.com","plan":"pro","when":"2026-01-02T03:04:05.000Z","first":1,"logins":5,"coins":-2,"seen":["a","a"],"tags":["x"],
             "$transactions":[{"$amount":12.5,"$time":"2026-01-02T03:04:05"}],"quiet":true}
            """, ignoring: "$last_seen");
        StoredData.Read(muster.DataDir, StoredData.Groups).Single()[2].ShouldBe("""{"plan":"pro","since":2020,"tags":["x"]}""");
    }

    [Fact]
    public async Task BrowserSdk_OnAPageOfAnotherOrigin_IsAnsweredAndStored()
    {
        var chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        if (chromium is null)
        {
            NodeScript.Skip("'chromium' is not installed");
        }

        await using var muster = await MusterProcess.StartAsync();
        var (token, _) = await NewProjectAsync(muster);
        var seen = JsonSerializer.Deserialize<Visits>(
            await NodeScript.RunAsync(Folder, "browser.mjs", muster.Address.ToString(), token, chromium!), JsonSerializerOptions.Web)!;

        seen.Calls.ForEach(call => output.WriteLine($"{call.Name}: {call.Error ?? "ok"}"));
        seen.Requests.ForEach(request => output.WriteLine($"{request.Name}: {request.Method} {request.Path} {request.Type} {request.Status}"));
        seen.Calls.Where(call => call.Error is not null).ShouldBeEmpty();

        // Browsers report whatever cross-origin rule was broken there.
        seen.Console.ShouldBeEmpty();
        seen.Beacons.ShouldContain("left: POST /track/ text/plain;charset=UTF-8");

        (await muster.StopAsync()).ShouldBe(0);
        var events = StoredData.Read(muster.DataDir, StoredData.Events);
        var unbatched = events.Single(e => e[0] == "Browser Unbatched");
        Property(unbatched[2], "text").ShouldBe("Grüße 🙂 >>>???");
        Property(unbatched[2], "long").ShouldBe($"{new string('x', 254)}\uFFFD");
        Property(unbatched[2], "mp_lib").ShouldBe("web");
        unbatched[1].ShouldStartWith("$device:");
        events.ShouldContain(e => e[0] == "$identify" && e[1] == "browser-person");
        events.Single(e => e[0] == "$create_alias")[2].ShouldContain("browser-alias");
        Property(events.Single(e => e[0] == "Browser Aliased")[2], "company").ShouldNotBeNull().ShouldContain("Browser Inc");

        // What the device did before it was identified is the person's.
        StoredData.Read(muster.DataDir, StoredData.Merged).ShouldContain(m => m[0] == unbatched[1] && m[1] == "browser-person");
        events.Count(e => e[0] == "Browser Batched" && Property(e[2], "text") == "🙂>>>???").ShouldBe(70);
        events.Where(e => e[0] == "Browser Left").Select(e => Property(e[2], "text")).Order(StringComparer.Ordinal).ShouldBe(["Grüße 🙂", "again"], ignoreOrder: true);
        string[] others = ["Browser JSON", "Browser GET", "Browser Headers", "Browser Verbose", "Browser Beacon", "Browser Pixel"];
        others.ShouldAllBe(name => events.Count(e => e[0] == name) == 1);

        var person = JsonNode.Parse(StoredData.Read(muster.DataDir, StoredData.People).Single(p => p[0] == "browser-person")[1])!.AsObject();
        person["$email"]!.GetValue<string>().ShouldBe("browser@example.com");
        person["when"]!.GetValue<string>().ShouldBe("2026-01-02T03:04:05");
        person["first"]!.GetValue<string>().ShouldBe("🙂");
        person["logins"]!.GetValue<int>().ShouldBe(3);
        person["seen"]!.ToJsonString().ShouldBe("""["a"]""");
        person["tags"]!.ToJsonString().ShouldBe("""["x"]""");
        person.ContainsKey("bad").ShouldBeFalse();
        StoredData.Read(muster.DataDir, StoredData.Groups).Single()[2].ShouldBe("""{"plan":"pro","tags":["x"]}""");
    }

    private static string? Property(string properties, string name) => JsonNode.Parse(properties)![name]?.ToString();

    private static void ShouldBe(string json, string expected, string ignoring)
    {
        var actual = JsonNode.Parse(json)!.AsObject();
        actual.Remove(ignoring).ShouldBeTrue();
        JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual.ToJsonString());
    }

    private static async Task<(string Token, string Secret)> NewProjectAsync(MusterProcess muster)
    {
        using var made = await muster.Http.PostAsJsonAsync(new Uri("/api/v1/projects", UriKind.Relative), new { name = "p" }, Cancelled);
        made.EnsureSuccessStatusCode();
        var project = await made.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        return (project.GetProperty("token").GetString()!, project.GetProperty("apiSecret").GetString()!);
    }

    private static async Task<(string Certificate, string Key)> MakeCertificateAsync(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificatePath, keyPath) = (Path.Combine(folder, "test.pem"), Path.Combine(folder, "test.key"));
        await File.WriteAllTextAsync(certificatePath, certificate.ExportCertificatePem(), Cancelled);
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem(), Cancelled);
        return (certificatePath, keyPath);
    }

    private sealed record Call(string Name, string? Error);

    private sealed record Visits(List<Call> Calls, List<string> Console, List<Request> Requests, List<string> Beacons);

    private sealed record Request(string Name, string Method, string Path, string Type, int Status);
}
