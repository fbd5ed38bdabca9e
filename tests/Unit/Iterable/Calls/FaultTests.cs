using System.Net;
using System.Security.Authentication;
using Muster.Control;
using Muster.Iterable.Calls;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Calls;

/// <summary>Each row of the classification, as a run sees it.</summary>
public class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, """{"code":"BadParams","msg":"no"}""", "iterable_bad_request")]
    [InlineData(400, "", "iterable_bad_request")]
    [InlineData(401, """{"code":"BadApiKey","msg":"Invalid API key"}""", "iterable_unauthorized")]
    [InlineData(401, "<html>", "iterable_unauthorized")]
    [InlineData(403, """{"code":"Forbidden","msg":""}""", "iterable_forbidden")]
    [InlineData(404, "", "list_gone")]
    [InlineData(400, """{"code":"Success","msg":"error.lists.invalidListId(7)"}""", "list_gone")]
    [InlineData(400, """{"code":"BadParams","msg":"error.lists.invalidListId(7)"}""", "list_gone")]
    [InlineData(413, "", "iterable_batch_too_large")]
    [InlineData(400, """{"code":"BatchTooLarge","msg":""}""", "iterable_batch_too_large")]
    [InlineData(405, "", "iterable_bad_request")]
    [InlineData(422, "{}", "iterable_bad_request")]
    public async Task SendAsync_RefusedForGood_IsTriedOnceAndSaysWhy(int status, string body, string code)
    {
        using var iterable = new ScriptedIterable();
        var error = await SendAsync(iterable.Then((HttpStatusCode)status, body));
        error.Code.ShouldBe(code);
        error.IsTransient.ShouldBeFalse();
        error.HttpStatus.ShouldBe(status);
        error.ListIsGone.ShouldBe(code == "list_gone");
        iterable.Asked.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(429, """{"code":"RateLimitExceeded","msg":""}""", "iterable_rate_limited")]
    [InlineData(400, """{"code":"RateLimitExceeded","msg":""}""", "iterable_rate_limited")]
    [InlineData(408, "", "iterable_unavailable")]
    [InlineData(500, "<html>oops</html>", "iterable_unavailable")]
    [InlineData(502, "", "iterable_unavailable")]
    [InlineData(503, "", "iterable_unavailable")]
    [InlineData(504, "", "iterable_unavailable")]
    [InlineData(200, "", "iterable_unreadable_answer")]
    [InlineData(200, "<html><body>Welcome to the hotel</body></html>", "iterable_unreadable_answer")]
    [InlineData(200, "{\"successCount\":1,\"failC", "iterable_unreadable_answer")]
    [InlineData(200, "[]", "iterable_unreadable_answer")]
    [InlineData(200, "null", "iterable_unreadable_answer")]
    [InlineData(200, "{}", "iterable_unreadable_answer")]
    [InlineData(200, """{"successCount":0,"failCount":1}""", "iterable_unreadable_answer")]
    [InlineData(200, """{"successCount":2,"failCount":0}""", "iterable_unreadable_answer")]
    [InlineData(202, "", "iterable_unreadable_answer")]
    [InlineData(204, "", "iterable_unreadable_answer")]
    [InlineData(302, "", "iterable_unreadable_answer")]
    public async Task SendAsync_MayGoBetterLater_IsTriedFiveTimes(int status, string body, string code)
    {
        using var iterable = new ScriptedIterable();
        var error = await SendAsync(iterable.Times(Persistence.Tries, i => i.Then((HttpStatusCode)status, body)));
        error.Code.ShouldBe(code);
        error.IsTransient.ShouldBeTrue();
        error.HttpStatus.ShouldBe(status);
        iterable.Left.ShouldBe(0);
    }

    [Fact]
    public async Task SendAsync_NoAnswerAtAll_IsTriedFiveTimes()
    {
        using var iterable = new ScriptedIterable();
        iterable
            .Then(new HttpRequestException(HttpRequestError.NameResolutionError))
            .Then(new HttpRequestException(HttpRequestError.ConnectionError))
            .Then(new HttpRequestException(HttpRequestError.ResponseEnded))
            .Then(new IOException("reset"))
            .Then(new HttpRequestException(HttpRequestError.SecureConnectionError, "no", new AuthenticationException()));
        var error = await SendAsync(iterable);
        error.Code.ShouldBe("iterable_unavailable");
        error.Message.ShouldContain("TLS");
        error.IsTransient.ShouldBeTrue();
        error.HttpStatus.ShouldBeNull();
        iterable.Left.ShouldBe(0);
    }

    [Fact]
    public async Task SendAsync_AnswerDoesNotCome_EndsTheTryAfterItsTime()
    {
        using var iterable = new ScriptedIterable();
        iterable.Times(Persistence.Tries, i => i.Then(async token =>
        {
            i.Clock.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException("not reached");
        }));
        var error = await SendAsync(iterable);
        error.Code.ShouldBe("iterable_unavailable");
        error.Message.ShouldContain("30 seconds");
    }

    [Fact]
    public async Task SendAsync_TroubleThatPasses_ReturnsTheAnswerAndCountsTheTries()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.ServiceUnavailable).Then(HttpStatusCode.OK, "<html>").Then(HttpStatusCode.OK, Batches.Fine);
        var destination = iterable.Open();
        (await destination.SendAsync(Batches.AddOne(), Token)).Rejections.ShouldBeEmpty();
        var body = iterable.Asked[0].Body;
        iterable.Asked.ShouldAllBe(asked => asked.Body == body && asked.Path == "/api/lists/subscribe" && asked.Method == "POST");
        destination.Totals.ShouldBe(new DeliveryTotals(2, 3 * body.Length));
    }

    [Fact]
    public async Task SendAsync_Canceled_IsNotAFaultAndNotTriedAgain()
    {
        using var iterable = new ScriptedIterable();
        using var gaveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        iterable.Then(async token =>
        {
            await gaveUp.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("not reached");
        });
        await Should.ThrowAsync<OperationCanceledException>(() => iterable.Open().SendAsync(Batches.AddOne(), gaveUp.Token));
        iterable.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task DeleteListAsync_ListInUse_SaysSo()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.Conflict);
        var error = await Should.ThrowAsync<DestinationException>(() => iterable.Open().DeleteListAsync(7, Token));
        error.Code.ShouldBe("list_in_use");
        error.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task FindListAsync_NothingThere_IsNotAListThatIsGone()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.NotFound);
        var error = await Should.ThrowAsync<DestinationException>(() => iterable.Open().FindListAsync("x", Token));
        error.Code.ShouldBe("iterable_not_found");
        error.ListIsGone.ShouldBeFalse();
    }

    [Fact]
    public async Task SendAsync_WhateverGoesWrong_TellsNoSecrets()
    {
        const string Told = """{"code":"ann@example.com is bad","msg":"ann@example.com: KEY"}""";
        foreach (var status in new[] { 200, 301, 400, 401, 403, 404, 409, 413, 418, 429, 500 })
        {
            using var iterable = new ScriptedIterable();
            iterable.Times(Persistence.Tries, i => i.Then((HttpStatusCode)status, Told.Replace("KEY", ScriptedIterable.Key, StringComparison.Ordinal)));
            var error = await SendAsync(iterable);
            var everything = string.Join('\n', [error.ToString(), .. iterable.Logger.Lines]);
            everything.ShouldNotContain("ann@");
            everything.ShouldNotContain(ScriptedIterable.Key);
        }
    }

    [Fact]
    public async Task SendAsync_RefusedWithACode_QuotesIt()
    {
        using var iterable = new ScriptedIterable();
        (await SendAsync(iterable.Then(HttpStatusCode.Unauthorized, """{"code":"BadApiKey","msg":""}"""))).Message.ShouldContain("401 BadApiKey");
    }

    private static async Task<DestinationException> SendAsync(ScriptedIterable iterable) =>
        await Should.ThrowAsync<DestinationException>(() => iterable.Open(ProjectType.Email).SendAsync(Batches.AddOne(), Token));
}
