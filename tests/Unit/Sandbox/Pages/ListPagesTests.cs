using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Pages;

public sealed class ListPagesTests
{
    private const string Hostile = "<script>alert('x')</script>\" onload=\"x";

    [Fact]
    public async Task Pages_HostileNames_AreEncoded()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync(Hostile);
        await sandbox.PostAsync("/api/lists/subscribe", JsonSerializer.Serialize(
            new { listId = list, subscribers = new[] { new { email = "a'b@c.de", userId = "<img src=x>" } } }));

        foreach (var path in new[] { "/", $"/lists/{list}", $"/lists/{list}?q={Uri.EscapeDataString(Hostile)}" })
        {
            var page = await sandbox.TextAsync(path);
            page.ShouldNotContain("<script");
            page.ShouldNotContain("<img");
            page.ShouldNotContain("onload=\"");
        }

        (await sandbox.TextAsync($"/lists/{list}")).ShouldContain("&lt;img src=x&gt;");
    }

    [Fact]
    public async Task Members_MoreThanAPage_ArePagedAndFound()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await sandbox.SubscribeAsync(list, [.. Enumerable.Range(0, 120).Select(number => $"p{number:000}@example.com")]);

        (await sandbox.TextAsync($"/lists/{list}")).ShouldContain("Page 1 of 3");
        (await sandbox.TextAsync($"/lists/{list}?page=3")).ShouldContain("p119@example.com");
        (await sandbox.TextAsync($"/lists/{list}?page=99")).ShouldContain("Page 3 of 3");
        var found = await sandbox.TextAsync($"/lists/{list}?q=P07");
        found.ShouldContain("p070@example.com");
        found.ShouldNotContain("p060@example.com");
        (await sandbox.TextAsync($"/lists/{list}?q=nobody")).ShouldContain("Nobody on this list matches");
    }

    [Fact]
    public async Task Page_UnknownList_Is404()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();

        using var response = await sandbox.Http.GetAsync("/lists/1", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Style_Asked_IsServed()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();

        using var response = await sandbox.Http.GetAsync("/sandbox.css", TestContext.Current.CancellationToken);

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/css");
    }
}
