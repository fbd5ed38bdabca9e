using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Muster.Sandbox;
using Shouldly;

namespace Muster.Tests.EndToEnd.Pages;

/// <summary>The real program with an admin who signs in, and an Iterable sandbox beside it.</summary>
internal sealed class PagesWorld : IAsyncDisposable
{
    public const string Key = "sandbox-key-of-the-pages";
    public const string Email = "admin@example.com";
    public const string Password = "a password for the pages";

    private readonly RunningSandbox _sandbox;

    private PagesWorld(RunningSandbox sandbox, MusterProcess muster) => (_sandbox, Muster) = (sandbox, muster);

    public MusterProcess Muster { get; }

    public Uri SandboxAddress => _sandbox.Address;

    public static async Task<PagesWorld> StartAsync(bool hasAdmin = true, string port = "0")
    {
        var sandbox = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = [Key], Rate = 50, ReadsPerMinute = 0 });
        var settings = new Dictionary<string, string>
        {
            ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString(),
            ["MUSTER_ITERABLE_RATE"] = "50",
            ["MUSTER_URLS"] = $"http://127.0.0.1:{port}",
            ["MUSTER_SYNC_MIN_INTERVAL"] = "00:00:01",
        };
        if (hasAdmin)
        {
            (settings["MUSTER_ADMIN_EMAIL"], settings["MUSTER_ADMIN_PASSWORD"]) = (Email, Password);
        }

        return new PagesWorld(sandbox, await MusterProcess.StartAsync(settings));
    }

    /// <summary>Signs the admin in.</summary>
    public static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/");
        await page.GetByLabel("Email").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator(".shell h1, .shell h2").First.WaitForAsync();
    }

    /// <summary>A project with people u1 to u<paramref name="people"/>, of whom every fourth has no address, and purchases of every second.</summary>
    public async Task<int> ProjectAsync(string name, int people)
    {
        var project = await PostAsync("projects", new { name });
        var token = project.GetProperty("token").GetString()!;
        await TakenAsync("/engage", Enumerable.Range(1, people).Select(i => new Dictionary<string, object?>
        {
            ["$token"] = token,
            ["$distinct_id"] = $"u{i}",
            ["$set"] = i % 4 == 0
                ? new Dictionary<string, object?> { ["plan"] = "pro" }
                : new Dictionary<string, object?> { ["plan"] = "pro", ["$email"] = $"u{i}@example.com", ["$first_name"] = $"Person {i}" },
        }));
        await TakenAsync("/track", Enumerable.Range(1, people / 2).Select(i => new Dictionary<string, object?>
        {
            ["event"] = "Purchase",
            ["properties"] = new Dictionary<string, object?>
            {
                ["token"] = token,
                ["distinct_id"] = $"u{i * 2}",
                ["$insert_id"] = $"purchase-{i}",
                ["time"] = TimeProvider.System.GetUtcNow().AddHours(-i).ToUnixTimeSeconds(),
                ["amount"] = i,
            },
        }));
        return project.GetProperty("id").GetInt32();
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Muster.Http.PostAsJsonAsync($"/api/v1/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async ValueTask DisposeAsync()
    {
        await Muster.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    private async Task TakenAsync(string path, IEnumerable<object> records)
    {
        using var answer = await Muster.Http.PostAsJsonAsync(path, records);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("1");
    }
}
