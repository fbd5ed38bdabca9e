using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Pages;

/// <summary>Every page, in a project where something happened: readable by everyone, wide and narrow, light and dark. Keeps a picture of each.</summary>
public sealed class EveryPageTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly (string Path, string Shows)[] Pages =
    [
        ("", "Send data"),
        ("/cohorts", "Buyers"),
        ("/cohorts/new", "Who belongs to it"),
        ("/cohorts/upload", "Distinct ids"),
        ("/cohorts/1", "Members now"),
        ("/cohorts/1/users", "u2"),
        ("/integrations", "Exported cohorts"),
        ("/syncs/1", "On the list after each run"),
        ("/runs/1", "What became of the members"),
        ("/users", "u1"),
        ("/users/u2", "Activity"),
        ("/events", "Purchase"),
        ("/usage", "qualifying events"),
        ("/settings", "Sending data"),
        ("/settings/people", "Invite"),
        ("/settings/tokens", "New token"),
        ("/settings/notifications", "Who is told"),
        ("/settings/audit", "who did what"),
    ];

    private static readonly string[] Serious = ["serious", "critical"];

    [Theory]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    public async Task EveryPage_AnyWidthAndTheme_HasNoSeriousFaultAndFits(int width, bool isDark)
    {
        await using var world = await PagesWorld.StartAsync();
        await world.ProjectAsync("Shop", people: 20);
        await world.PostAsync("projects/1/cohorts", new { name = "Buyers", definition = new Dictionary<string, object> { ["event"] = "Purchase" } });
        await world.PostAsync("projects/1/connections", new { type = "iterable", name = "Main", apiKey = PagesWorld.Key, dataCenter = "us" });
        await world.PostAsync("projects/1/syncs", new { cohortId = 1, connectionId = 1, type = "one_time" });
        var page = await browser.OpenAsync(world.Muster.Address, isDark, width);
        var faults = new List<string>();
        page.PageError += (_, error) => faults.Add($"{page.Url}: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add($"{page.Url}: {message.Text}");
            }
        };

        await page.GotoAsync("/sign-in");
        await CheckAsync(page, "sign-in", width, isDark, faults);
        await PagesWorld.SignInAsync(page);
        foreach (var (path, shows) in Pages)
        {
            await page.GotoAsync($"/projects/1{path}");
            await page.GetByText(shows).Locator("visible=true").First.WaitForAsync();
            await CheckAsync(page, path.Length == 0 ? "start" : path[1..].Replace('/', '-'), width, isDark, faults);
        }

        await page.GotoAsync("/my-account");
        await page.GetByText("Where you are signed in").WaitForAsync();
        await CheckAsync(page, "my-account", width, isDark, faults);
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task UnknownAddress_Browser_IsAPageAndNotFound()
    {
        await using var world = await PagesWorld.StartAsync();
        var page = await browser.OpenAsync(world.Muster.Address);

        var answer = await page.GotoAsync("/no/such/page");

        answer!.Status.ShouldBe(404);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("There is nothing here");
        (await world.Muster.Http.GetAsync("/no/such/page")).Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    private static async Task CheckAsync(IPage page, string name, int width, bool isDark, List<string> faults)
    {
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Browser.Pictures, $"{name}-{width}{(isDark ? "-dark" : "")}.png") });
        var result = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        faults.AddRange(result.Violations.Where(v => Serious.Contains(v.Impact)).Select(v => $"{name}: {v.Id}: {v.Nodes[0].Html}"));
        var surplus = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (surplus > 0)
        {
            faults.Add($"{name}: is {surplus} pixels too wide for {width}");
        }
    }
}
