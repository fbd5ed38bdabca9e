using System.Globalization;
using System.Net;
using Muster.Iterable.Calls;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Calls;

public class PersistenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_OutageThatLasts_SpreadsFiveTriesOverAboutAMinute()
    {
        using var iterable = new ScriptedIterable();
        iterable.Times(Persistence.Tries, i => i.Then(HttpStatusCode.BadGateway));
        await Should.ThrowAsync<DestinationException>(() => iterable.Open().SendAsync(Batches.AddOne(), Token));
        var waits = iterable.Asked.Zip(iterable.Asked.Skip(1), (a, b) => (b.At - a.At).TotalSeconds).ToList();
        for (var i = 0; i < waits.Count; i++)
        {
            waits[i].ShouldBeInRange(0.79 * 4 * Math.Pow(2, i), 1.21 * 4 * Math.Pow(2, i));
        }

        waits.Sum().ShouldBeInRange(48, 72);
    }

    [Theory]
    [InlineData("9", 9)]
    [InlineData("9.5", 9.5)]
    [InlineData("0", 3.2)]
    [InlineData("3600", 60)]
    [InlineData("99999999999999999999", 60)]
    [InlineData("+20s", 20)]
    [InlineData("+3600s", 60)]
    [InlineData("-20s", 3.2)]
    [InlineData("soon", 3.2)]
    [InlineData("-5", 3.2)]
    public async Task SendAsync_AskedToWait_DoesSoUpToAMinute(string retryAfter, double seconds)
    {
        using var iterable = new ScriptedIterable();
        if (retryAfter.EndsWith('s'))
        {
            var at = iterable.Clock.GetUtcNow() + TimeSpan.FromSeconds(double.Parse(retryAfter.TrimEnd('s'), CultureInfo.InvariantCulture));
            retryAfter = at.ToString("r", CultureInfo.InvariantCulture);
        }

        iterable.Then(HttpStatusCode.TooManyRequests, retryAfter: retryAfter).Then(HttpStatusCode.OK, Batches.Fine);
        await iterable.Open().SendAsync(Batches.AddOne(), Token);
        var waited = (iterable.Asked[1].At - iterable.Asked[0].At).TotalSeconds;
        waited.ShouldBeInRange(seconds - 0.01, Math.Max(seconds + 0.5, 5.5));
    }

    [Fact]
    public async Task SendAsync_DateAgainstAWrongClock_WaitsByTheAnswersOwnClock()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            var theirs = iterable.Clock.GetUtcNow().AddHours(5);
            response.Headers.Date = theirs;
            response.Headers.TryAddWithoutValidation("Retry-After", theirs.AddSeconds(20).ToString("r", CultureInfo.InvariantCulture));
            return Task.FromResult(response);
        }).Then(HttpStatusCode.OK, Batches.Fine);
        await iterable.Open().SendAsync(Batches.AddOne(), Token);
        (iterable.Asked[1].At - iterable.Asked[0].At).TotalSeconds.ShouldBeInRange(19.9, 20.5);
    }

    [Fact]
    public async Task SendAsync_OneCallAskedToWait_AllDestinationsOfTheConnectionWait()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.TooManyRequests, retryAfter: "30").Then(HttpStatusCode.OK, Batches.Fine).Then(HttpStatusCode.OK, Batches.Fine);
        var first = iterable.Open().SendAsync(Batches.AddOne(), Token);
        var start = iterable.Asked[0].At;
        await iterable.Open().SendAsync(Batches.AddOne(), Token);
        await first;
        iterable.Asked.Skip(1).ShouldAllBe(asked => asked.At >= start.AddSeconds(30));
    }

    [Fact]
    public async Task SendAsync_ListJustMadeIsUnknown_IsWaitedFor()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, """{"listId":7}""")
            .Then(HttpStatusCode.BadRequest, """{"code":"Success","msg":"error.lists.invalidListId(7)"}""")
            .Then(HttpStatusCode.NotFound)
            .Then(HttpStatusCode.OK, Batches.Fine);
        var destination = iterable.Open();
        await destination.CreateListAsync("new", Token);
        await destination.SendAsync(Batches.AddOne(), Token);
        iterable.Left.ShouldBe(0);
    }

    [Fact]
    public async Task SendAsync_ListJustMadeStaysUnknown_IsGoneAfterAQuarterOfAMinute()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, """{"listId":7}""").Times(6, i => i.Then(HttpStatusCode.NotFound));
        var destination = iterable.Open();
        await destination.CreateListAsync("new", Token);
        var error = await Should.ThrowAsync<DestinationException>(() => destination.SendAsync(Batches.AddOne(), Token));
        error.ListIsGone.ShouldBeTrue();
        (iterable.Asked[^1].At - iterable.Asked[0].At).TotalSeconds.ShouldBeInRange(12, 20);
    }

    [Fact]
    public async Task SendAsync_ListMadeLongerAgoIsUnknown_IsGoneAtOnce()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, """{"listId":7}""").Then(HttpStatusCode.NotFound);
        var destination = iterable.Open();
        await destination.CreateListAsync("new", Token);
        iterable.Clock.Advance(TimeSpan.FromMinutes(2));
        (await Should.ThrowAsync<DestinationException>(() => destination.SendAsync(Batches.AddOne(), Token))).ListIsGone.ShouldBeTrue();
    }

    [Fact]
    public async Task SendAsync_TwoCallsWithoutAnswer_LaterOnesFailAtOnceUntilOneIsAnswered()
    {
        using var iterable = new ScriptedIterable();
        iterable.Times(2 * Persistence.Tries, i => i.Then(HttpStatusCode.BadGateway));
        await FailsAsync(iterable);
        await FailsAsync(iterable);
        iterable.Left.ShouldBe(0);

        var asked = iterable.Asked.Count;
        var error = await FailsAsync(iterable);
        error.IsTransient.ShouldBeTrue();
        error.Code.ShouldBe("iterable_unavailable");
        iterable.Asked.Count.ShouldBe(asked, "no call is made while the circuit is open");

        // Another connection has nothing to do with it.
        iterable.Then(HttpStatusCode.OK, Batches.Fine);
        await iterable.Open(connectionId: 2).SendAsync(Batches.AddOne(), Token);

        iterable.Clock.Advance(TimeSpan.FromSeconds(33));
        iterable.Then(HttpStatusCode.Unauthorized);
        (await FailsAsync(iterable)).Code.ShouldBe("iterable_unauthorized", "any answer closes it");
        iterable.Then(HttpStatusCode.OK, Batches.Fine);
        await iterable.Open().SendAsync(Batches.AddOne(), Token);
    }

    private static async Task<DestinationException> FailsAsync(ScriptedIterable iterable) =>
        await Should.ThrowAsync<DestinationException>(() => iterable.Open().SendAsync(Batches.AddOne(), Token));
}
