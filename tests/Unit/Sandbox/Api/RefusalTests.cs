using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Api;

public sealed class RefusalTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task AnyCall_WithoutAGoodKey_Is401(string? key)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        sandbox.Http.DefaultRequestHeaders.Remove("Api-Key");
        if (key is not null)
        {
            sandbox.Http.DefaultRequestHeaders.Add("Api-Key", key);
        }

        var (status, body) = await SandboxUnderTest.AnswerAsync(
            sandbox.Http.GetAsync("/api/lists?api_key=key-1", TestContext.Current.CancellationToken));

        status.ShouldBe(401);
        body.GetProperty("code").GetString().ShouldBe("BadApiKey");
        body.GetProperty("params").GetProperty("endpoint").GetString().ShouldBe("/api/lists");
        (await sandbox.TextAsync("/sandbox/calls")).ShouldNotContain("key-1");
    }

    [Theory]
    [InlineData("/api/lists/subscribe", """{"listId":7,"subscribers":[]}""")]
    [InlineData("/api/lists/unsubscribe", """{"listId":7,"subscribers":[]}""")]
    public async Task ListCall_UnknownList_SaysSoInTheMessageOnly(string path, string json)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();

        var (status, body) = await SandboxUnderTest.AnswerAsync(sandbox.PostAsync(path, json));

        status.ShouldBe(400);
        body.GetProperty("msg").GetString().ShouldBe("error.lists.invalidListId(7)");
        body.GetProperty("code").GetString().ShouldBe("Success");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"subscribers":[]}""")]
    [InlineData("""{"listId":1}""")]
    [InlineData("""{"listId":"1","subscribers":[]}""")]
    [InlineData("""{"listId":1,"subscribers":null}""")]
    [InlineData("""{"listId":1,"subscribers":[null]}""")]
    [InlineData("""{"listId":1,"subscribers":[{"email":7}]}""")]
    [InlineData("""{"listId":1,"subscribers":[]} trailing""")]
    public async Task Subscribe_BadJson_IsBadJsonBody(string json)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();

        var (status, body) = await SandboxUnderTest.AnswerAsync(sandbox.PostAsync("/api/lists/subscribe", json));

        status.ShouldBe(400);
        body.GetProperty("code").GetString().ShouldBe("BadJsonBody");
    }

    [Fact]
    public async Task Subscribe_TooManySubscribers_IsBatchTooLargeAndAddsNobody()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();

        var (status, body) = await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, Emails(1_001)));
        status.ShouldBe(400);
        body.GetProperty("code").GetString().ShouldBe("BatchTooLarge");

        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, Emails(1_000)))).Status.ShouldBe(200);
        (await sandbox.TextAsync($"/api/lists/{list}/size")).ShouldBe("1000");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subscribe_BodyOverFourMegabytes_IsBatchTooLarge(bool chunked)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        var padding = new string('x', 4 * 1024 * 1024);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/lists/subscribe")
        {
            Content = new StringContent($$"""{"listId":{{list}},"subscribers":[{"email":"{{padding}}"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;

        var (status, body) = await SandboxUnderTest.AnswerAsync(sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken));

        status.ShouldBe(413);
        body.GetProperty("code").GetString().ShouldBe("BatchTooLarge");
    }

    [Fact]
    public async Task Subscribe_BodyJustUnderFourMegabytes_IsRead()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        var padding = new string('x', 4_190_000);

        var (status, body) = await SandboxUnderTest.AnswerAsync(sandbox.PostAsync(
            "/api/lists/subscribe",
            $$$"""{"listId":{{{list}}},"subscribers":[{"email":"a@b.co","dataFields":{"note":"{{{padding}}}"}}]}"""));

        status.ShouldBe(200);
        body.GetProperty("successCount").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Subscribe_AboveTheRate_Is429WithRetryAfterPerKey()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        for (var call = 0; call < 5; call++)
        {
            (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status.ShouldBe(200);
        }

        using (var refused = await sandbox.PostAsync("/api/lists/unsubscribe", JsonSerializer.Serialize(new { listId = list, subscribers = Array.Empty<object>() })))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        }

        sandbox.Clock.Advance(TimeSpan.FromMilliseconds(201));
        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status.ShouldBe(200);
        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status.ShouldBe(429);
        sandbox.Http.DefaultRequestHeaders.Remove("Api-Key");
        sandbox.Http.DefaultRequestHeaders.Add("Api-Key", "key-2");
        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/api/lists/{0}/size")]
    [InlineData("/api/lists/getUsers?listId={0}")]
    [InlineData("/api/lists/previewUsers?listId={0}")]
    public async Task SlowRead_SixthInAMinute_Is429(string path)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var url = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, await sandbox.CreateListAsync());
        for (var call = 0; call < 5; call++)
        {
            await sandbox.TextAsync(url);
        }

        using var refused = await sandbox.Http.GetAsync(url, TestContext.Current.CancellationToken);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task UnknownPath_WithAKey_Is404WithAPage()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();

        using var response = await sandbox.Http.GetAsync("/api/campaigns/recurring", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    private static string[] Emails(int count) => [.. Enumerable.Range(0, count).Select(number => $"p{number}@example.com")];
}
