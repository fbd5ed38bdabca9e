using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Secrets;

/// <summary>Recognisable secrets are put everywhere the real program takes one, and looked for everywhere it writes.</summary>
public sealed class SecretsSearchTests
{
    private const string MasterKey = "planted-master-key-0123456789-0123456789";
    private const string NewMasterKey = "planted-second-master-key-9876543210-98765";

    private static readonly string[] Roles = ["admin", "analyst", "consumer"];

    // What is given to the program, by the place it is given at.
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["MUSTER_MASTER_KEY"] = MasterKey,
        ["MUSTER_ADMIN_EMAIL"] = "ada@example.com",
        ["MUSTER_ADMIN_PASSWORD"] = "planted-admin-password",
        ["MUSTER_SMTP_HOST"] = "127.0.0.1",
        ["MUSTER_SMTP_PORT"] = "9",
        ["MUSTER_SMTP_USER"] = "mail",
        ["MUSTER_SMTP_PASSWORD"] = "planted-smtp-password",
        ["MUSTER_OIDC_AUTHORITY"] = "http://127.0.0.1:9",
        ["MUSTER_OIDC_CLIENT_ID"] = "muster",
        ["MUSTER_OIDC_CLIENT_SECRET"] = "planted-oidc-secret",
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_Planted_AreInNoAnswerNoLogAndNoFile()
    {
        await using var world = await SecretsWorld.StartAsync(Settings);
        var muster = world.Muster;
        var (secrets, tokens, hidden) = await PlantAsync(world);

        foreach (var role in Roles)
        {
            foreach (var (path, text) in await AnswersAsync(muster, tokens[role]))
            {
                ShouldHoldNone(text, secrets, $"{path} as {role}");
                if (role != "admin")
                {
                    ShouldHoldNone(text, hidden, $"{path} as {role}");
                }
            }
        }

        (await muster.StopAsync()).ShouldBe(0);
        ShouldHoldNone(muster.Log, [.. secrets, .. hidden], "the log");
        SearchFiles(muster.DataDir, secrets);
    }

    [Fact]
    public async Task Rotate_RealProgram_GoesOnWithTheNewMasterKeyOnly()
    {
        await using var world = await SecretsWorld.StartAsync(Settings);
        var muster = world.Muster;
        await PlantAsync(world);
        var environment = new Dictionary<string, string> { ["MUSTER_DATA_DIR"] = muster.DataDir, ["MUSTER_MASTER_KEY"] = NewMasterKey, ["MUSTER_OLD_MASTER_KEY"] = MasterKey };

        var running = await MusterProgram.RunAsync(["secrets", "rotate"], environment);
        running.Status.ShouldBe(1);
        running.ErrorLines.ShouldHaveSingleItem().ShouldContain("in use by another muster process");
        (await muster.StopAsync()).ShouldBe(0);

        var rotated = await MusterProgram.RunAsync(["secrets", "rotate"], environment);
        rotated.Error.ShouldBeEmpty();
        rotated.Status.ShouldBe(0);
        rotated.Output.ShouldStartWith("5 secrets are encrypted with a new key; 1 former keys are destroyed.");

        var wrong = await MusterProgram.RunAsync(["serve"], new Dictionary<string, string> { ["MUSTER_DATA_DIR"] = muster.DataDir, ["MUSTER_URLS"] = "http://127.0.0.1:0", ["MUSTER_MASTER_KEY"] = MasterKey });
        wrong.Status.ShouldBe(1);
        wrong.ErrorLines.ShouldHaveSingleItem().ShouldStartWith("MUSTER_MASTER_KEY is not the one");
        var missing = await MusterProgram.RunAsync(["serve"], new Dictionary<string, string> { ["MUSTER_DATA_DIR"] = muster.DataDir, ["MUSTER_URLS"] = "http://127.0.0.1:0" });
        missing.Status.ShouldBe(1);
        missing.ErrorLines.ShouldHaveSingleItem().ShouldStartWith("MUSTER_MASTER_KEY is not set");
        SearchFiles(muster.DataDir, [MasterKey, NewMasterKey, SecretsWorld.ApiKey]);

        await muster.StartAgainAsync(new Dictionary<string, string> { ["MUSTER_MASTER_KEY"] = NewMasterKey });
        var check = await muster.Http.GetAsync("/api/v1/connections/1/webhook", Cancelled);
        check.IsSuccessStatusCode.ShouldBeTrue(await check.Content.ReadAsStringAsync(Cancelled));
    }

    // Secrets that no answer shows again; a token for each role; and what only admins may see.
    private static async Task<(IReadOnlyList<string> Secrets, Dictionary<string, string> Tokens, IReadOnlyList<string> Hidden)> PlantAsync(SecretsWorld world)
    {
        var http = world.Muster.Http;
        var project = await CallAsync(http, "POST", "projects", new { name = "Shop" });
        var connection = await CallAsync(http, "POST", "projects/1/connections", new { type = "iterable", name = "Iterable", apiKey = SecretsWorld.ApiKey, dataCenter = "us" });
        await CallAsync(http, "POST", "projects/1/connections", new { type = "iterable", name = "Refused", apiKey = "planted-key-that-is-refused", dataCenter = "us" }, 422);
        await CallAsync(http, "PUT", "projects/1/notifications", new { emails = new[] { "bob@example.com" }, webhookUrl = "http://127.0.0.1:9/planted-webhook-path" });
        await CallAsync(http, "POST", "projects/1/notifications/test", new { }, 202);
        await CallAsync(http, "PUT", "connections/1/forwarding", new
        {
            enabled = true,
            mixpanelProjectId = 1,
            dataResidency = "us",
            serviceAccount = "account",
            serviceAccountSecret = "planted-forwarding-secret",
        });
        await CallAsync(http, "POST", "projects/1/people", new { email = "bob@example.com", role = "analyst", password = "planted-persons-password" }, 201);
        var invited = await CallAsync(http, "POST", "projects/1/people", new { email = "eve@example.com", role = "analyst" }, 201);
        var tokens = new Dictionary<string, string>();
        foreach (var role in Roles)
        {
            tokens[role] = (await CallAsync(http, "POST", "tokens", new { name = role, role, projectId = role == "admin" ? (int?)null : 1 }, 201)).GetProperty("token").GetString()!;
        }

        using var handler = new HttpClientHandler();
        using var browser = new HttpClient(handler) { BaseAddress = world.Muster.Address };
        await browser.PostAsJsonAsync("/account/sign-in", new { email = "bob@example.com", password = "planted-wrong-password" }, Cancelled);
        (await browser.PostAsJsonAsync("/account/sign-in", new { email = "bob@example.com", password = "planted-persons-password" }, Cancelled)).EnsureSuccessStatusCode();
        var totp = await CallAsync(browser, "POST", "me/two-factor", new { password = "planted-persons-password" });
        var cookie = handler.CookieContainer.GetCookies(world.Muster.Address)["muster_session"]!.Value;
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/api/v1/projects");
        wrong.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "planted-token-that-nobody-has");
        await http.SendAsync(wrong, Cancelled);
        await http.GetAsync("/account/oidc", Cancelled);

        return (
            [
                .. Settings.Where(s => s.Value.StartsWith("planted", StringComparison.Ordinal)).Select(s => s.Value), MusterProcess.AdminToken,
                SecretsWorld.ApiKey, "planted-key-that-is-refused", "planted-webhook-path", "planted-forwarding-secret", "planted-persons-password",
                "planted-wrong-password", "planted-token-that-nobody-has", invited.GetProperty("invitation").GetProperty("url").GetString()!.Split("key=")[1],
                .. tokens.Values, totp.GetProperty("key").GetString()!, cookie,
            ],
            tokens,
            [project.GetProperty("apiSecret").GetString()!, connection.GetProperty("webhook").GetProperty("authorization").GetString()!]);
    }

    private static async Task<JsonElement> CallAsync(HttpClient http, string method, string path, object body, int? expected = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}") { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        (expected is { } status ? (int)answer.StatusCode == status : answer.IsSuccessStatusCode).ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    // Whatever can be read without changing anything: each GET of the document, and what stands beside it.
    private static async Task<List<(string Path, string Text)>> AnswersAsync(MusterProcess muster, string token)
    {
        using var http = new HttpClient { BaseAddress = muster.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var document = await http.GetStringAsync("/openapi/v1.json", Cancelled);
        var answers = new List<(string, string)> { ("/openapi/v1.json", document) };
        var paths = JsonElement.Parse(document).GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _)).Select(p => p.Name)
            .Select(p => p.Replace("{projectId}", "1", StringComparison.Ordinal).Replace("{id}", "1", StringComparison.Ordinal))
            .Select(p => p.Replace("{distinctId}", "nobody", StringComparison.Ordinal).Replace("{trackingId}", "1", StringComparison.Ordinal));
        foreach (var path in paths.Concat(["/metrics", "/sign-in", "/", "/health/ready"]))
        {
            using var answer = await http.GetAsync(path, Cancelled);
            answers.Add((path, answer.Headers + await answer.Content.ReadAsStringAsync(Cancelled)));
        }

        answers.Count.ShouldBeGreaterThan(30);
        return answers;
    }

    private static void ShouldHoldNone(string text, IReadOnlyList<string> secrets, string where)
    {
        foreach (var secret in secrets)
        {
            text.Contains(secret, StringComparison.Ordinal).ShouldBeFalse($"{where} holds {secret}");
        }
    }

    // As they are, as .NET keeps texts, and as they would be inside of base64.
    private static void SearchFiles(string folder, IReadOnlyList<string> secrets)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes);
        files.Count.ShouldBeGreaterThan(3);
        foreach (var (file, bytes) in files)
        {
            foreach (var secret in secrets)
            {
                foreach (var form in (byte[][])[Encoding.UTF8.GetBytes(secret), Encoding.Unicode.GetBytes(secret), Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')[..^1])])
                {
                    bytes.AsSpan().IndexOf(form).ShouldBe(-1, $"{Path.GetRelativePath(folder, file)} holds {secret}");
                }
            }
        }
    }
}
