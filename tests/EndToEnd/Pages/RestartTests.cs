using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Xunit;

namespace Muster.Tests.EndToEnd.Pages;

public sealed class RestartTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task RestartOfTheServer_CohortHalfWritten_IsThereAgain()
    {
        await using var world = await PagesWorld.StartAsync(port: FreePort());
        await world.ProjectAsync("Shop", people: 4);
        var page = await browser.OpenAsync(world.Muster.Address);
        await PagesWorld.SignInAsync(page);
        await page.GotoAsync("/projects/1/cohorts/new");
        await page.GetByLabel("Cohort name").FillAsync("Half written");
        await page.GetByRole(AriaRole.Button, new() { Name = "Did something" }).ClickAsync();
        await page.GetByLabel("Event", new() { Exact = true }).FillAsync("Purchase");
        await Assertions.Expect(page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("2");

        await world.Muster.KillAsync();
        await world.Muster.StartAgainAsync();

        await page.GetByText("did not save is here again").WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.GetByLabel("Cohort name")).ToHaveValueAsync("Half written");
        await Assertions.Expect(page.GetByLabel("Event", new() { Exact = true })).ToHaveValueAsync("Purchase");
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
