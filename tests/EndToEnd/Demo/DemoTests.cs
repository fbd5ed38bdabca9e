using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Demo;

/// <summary><c>muster demo</c> as a newcomer runs it, twice.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-demo-").FullName;

    [Fact]
    public async Task Demo_StartedTwice_FillsBothListsAndGoesOn()
    {
        var first = await RunUntilBothListsAsync("+");
        var second = await RunUntilBothListsAsync("");

        first.Status.ShouldBe(0);
        first.Lists.ShouldBe(["mixpanel_New Users_1", "mixpanel_Power Users_2"]);
        second.Status.ShouldBe(0);
        second.Lists.ShouldBe(first.Lists);
        second.Output.ShouldNotContain(line => line.Contains("people are in", StringComparison.Ordinal));
        second.Projects.ShouldBe(1);
        second.Members.ShouldBeInRange(10_000, 10_100);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<Seen> RunUntilBothListsAsync(string mark)
    {
        using var patience = new CancellationTokenSource(Patience);
        var start = MusterProgram.StartInfo(["demo"]);
        start.WorkingDirectory = _folder;
        start.Environment["MUSTER_URLS"] = "http://127.0.0.1:0";
        start.Environment["MUSTER_ADMIN_TOKEN"] = MusterProcess.AdminToken;
        using var process = Process.Start(start)!;
        try
        {
            var said = new List<string>();
            while (!said.Any(l => l.Contains("events are in", StringComparison.Ordinal))
                || (mark.Length > 0 && said.Count(l => l.Contains(mark, StringComparison.Ordinal) && l.Contains("on the list", StringComparison.Ordinal)) < 2))
            {
                said.Add(await process.StandardOutput.ReadLineAsync(patience.Token)
                    ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(patience.Token)));
            }

            var muster = new Uri(said.Single(l => l.StartsWith("Muster: ", StringComparison.Ordinal))["Muster: ".Length..]);
            var sandbox = new Uri(said.Single(l => l.StartsWith("Iterable sandbox", StringComparison.Ordinal)).Split(": ")[1]);
            var signIn = said.Single(l => l.StartsWith("Sign in as: ", StringComparison.Ordinal))["Sign in as: ".Length..].Split(" with the password ");
            using var browser = new HttpClient { BaseAddress = muster };
            using var signedIn = await browser.PostAsJsonAsync("/account/sign-in", new { email = signIn[0], password = signIn[1] }, patience.Token);
            signedIn.EnsureSuccessStatusCode();
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MusterProcess.AdminToken);
            http.DefaultRequestHeaders.Add("Api-Key", "sandbox-key");
            var lists = await http.GetFromJsonAsync<JsonElement>(new Uri(sandbox, "/api/lists"), patience.Token);
            var projects = await http.GetFromJsonAsync<JsonElement>(new Uri(muster, "/api/v1/projects"), patience.Token);
            using var everyone = JsonContent.Create(new { definition = new Dictionary<string, object> { ["profile"] = "$created", ["isSet"] = true } });
            using var preview = await http.PostAsync(new Uri(muster, "/api/v1/projects/1/cohorts/preview"), everyone, patience.Token);
            var count = (await preview.Content.ReadFromJsonAsync<JsonElement>(patience.Token)).GetProperty("count").GetInt64();

            MusterProgram.Terminate(process);
            await process.WaitForExitAsync(patience.Token);
            return new Seen(
                process.ExitCode, said, [.. lists.GetProperty("lists").EnumerateArray().Select(l => l.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)],
                projects.GetProperty("items").GetArrayLength(), count);
        }
        finally
        {
            process.Kill();
        }
    }

    private sealed record Seen(int Status, IReadOnlyList<string> Output, IReadOnlyList<string> Lists, int Projects, long Members);
}
