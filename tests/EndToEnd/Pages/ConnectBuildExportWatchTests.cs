using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Muster.Tests.EndToEnd.Pages;

/// <summary>What people do on the pages, from an empty data folder to a list in Iterable.</summary>
public sealed class ConnectBuildExportWatchTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task FirstStart_CodeOfTheLog_MakesTheFirstAdminAndAsksForAProject()
    {
        await using var world = await PagesWorld.StartAsync(hasAdmin: false);
        var page = await browser.OpenAsync(world.Muster.Address);
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Make the first one" }).ClickAsync();
        await page.GetByLabel("One-time code").FillAsync("AAAA-AAAA-AAAA");
        await page.GetByLabel("Email").FillAsync(PagesWorld.Email);
        await page.GetByLabel("Password").FillAsync(PagesWorld.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first admin" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the code");

        var code = System.Text.RegularExpressions.Regex.Match(world.Muster.Log, "[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}").Value;
        await page.GetByLabel("One-time code").FillAsync(code);
        await page.GetByLabel("Email").FillAsync(PagesWorld.Email);
        await page.GetByLabel("Password").FillAsync(PagesWorld.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first admin" }).ClickAsync();

        await Button(page, "New project").Or(page.GetByRole(AriaRole.Link, new() { Name = "New project" })).ClickAsync();
        await page.GetByLabel("Project name").FillAsync("Shop");
        await Button(page, "Save").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Shop", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Send data" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Pages_ConnectBuildExport_PutTheCohortOnAList()
    {
        await using var world = await PagesWorld.StartAsync();
        var project = await world.ProjectAsync("Shop", people: 40);
        var page = await browser.OpenAsync(world.Muster.Address);
        await PagesWorld.SignInAsync(page);

        await ConnectAsync(page);
        await BuildAsync(page);
        await ExportAsync(page);

        // The run page shows what became of everyone.
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Succeeded" }).First).ToBeVisibleAsync();
        var receipts = page.GetByRole(AriaRole.Region, new() { Name = "Receipts" }).Last;
        await page.GetByLabel("Outcome", new() { Exact = true }).SelectOptionAsync("skipped");
        await Expect(receipts.GetByText("no email").First).ToBeVisibleAsync();
        await receipts.GetByRole(AriaRole.Link, new() { Name = "u4", Exact = true }).ClickAsync();
        await Expect(page.GetByText("the profile has no $email").First).ToBeVisibleAsync();

        // And Integrations shows the export.
        await Link(page, "Integrations").ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Buyers" });
        await Expect(row).ToContainTextAsync("Dynamic");
        await Expect(row).ToContainTextAsync("Active");
        await Button(page, "Actions for Buyers").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Pause" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Paused");

        using var http = new HttpClient { BaseAddress = world.SandboxAddress };
        (await http.GetStringAsync("/sandbox/state")).ShouldContain("mixpanel_Buyers_1");
        project.ShouldBe(1);
    }

    private static async Task ConnectAsync(IPage page)
    {
        await Link(page, "Integrations").ClickAsync();
        await Button(page, "Connect").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Connector name").FillAsync("Main");
        await dialog.GetByLabel("Iterable API key").FillAsync("a-wrong-key");
        await dialog.GetByLabel("Iterable data center").SelectOptionAsync("us");
        await dialog.GetByLabel("Project type").SelectOptionAsync("email");
        await Button(dialog, "Continue").ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Iterable");
        await dialog.GetByLabel("Iterable API key").FillAsync(PagesWorld.Key);
        await Button(dialog, "Continue").ClickAsync();
        await Expect(page.GetByText("Connected", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(Button(page, "Disconnect")).ToBeVisibleAsync();
    }

    private static async Task BuildAsync(IPage page)
    {
        await Link(page, "Cohorts").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Build the first one" }).Or(Button(page, "Build the first one")).ClickAsync();
        await page.GetByLabel("Cohort name").FillAsync("Buyers");
        await Button(page, "Did something").ClickAsync();
        await page.GetByLabel("Event", new() { Exact = true }).FillAsync("Purchase");
        await Expect(page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("20");
        await Button(page, "JSON").ClickAsync();
        await page.GetByLabel("Definition", new() { Exact = true }).FillAsync("""{"event":"Purchase","count":{"gte":1},"window":{"last":{"n":30,"unit":"day"}}}""");
        await Button(page, "Sentences").ClickAsync();
        await Expect(page.GetByLabel("When", new() { Exact = true })).ToHaveValueAsync("last");
        await Button(page, "Save").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Buyers", Exact = true })).ToBeVisibleAsync();
    }

    private static async Task ExportAsync(IPage page)
    {
        await Button(page, "Actions for Buyers").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Export to…" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Main" }).ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Dynamic sync" }).CheckAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("mixpanel_Buyers_1");
        await Button(page, "Start sync").ClickAsync();
        await page.WaitForURLAsync("**/runs/*");
    }

    private static ILocator Link(IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
