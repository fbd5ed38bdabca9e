using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Iterable.Webhooks;
using Muster.Warehouse;
using Muster.Warehouse.Messages;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Webhooks;

/// <summary>What Iterable is told when its events cannot be stored now.</summary>
public sealed class WebhookPressureTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_NoRoomForMore_IsToComeAgainLater()
    {
        await using var world = await WebhookWorld.StartAsync(Stop, services => services.AddSingleton(new WebhookRoom(mostBytes: 100)));

        await IsToComeAgainAsync(world);

        world.Events().ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_StoreTakesNothingNow_IsToComeAgainLater()
    {
        await using var world = await WebhookWorld.StartAsync(Stop, services => services.AddSingleton<IMessageStore, BrokenStore>());

        await IsToComeAgainAsync(world);
    }

    [Fact]
    public async Task Post_KeysAreMissing_IsToComeAgainLater()
    {
        await using var world = await WebhookWorld.StartAsync(Stop);
        await using (var db = await world.Muster.DbAsync(Stop))
        {
            await db.Connections.ExecuteUpdateAsync(set => set.SetProperty(c => c.ProtectedWebhookAuthorization, "encrypted with another key"), Stop);
        }

        await IsToComeAgainAsync(world);
    }

    [Fact]
    public async Task Post_RoomIsGivenBack_TakesManyInTurn()
    {
        // Room for one of these at a time.
        await using var world = await WebhookWorld.StartAsync(Stop, services => services.AddSingleton(new WebhookRoom(mostBytes: 5000)));

        for (var i = 0; i < 20; i++)
        {
            (await world.TakeAsync(Payloads.Event("emailOpen", "a@x.example", message: i))).Stored.ShouldBe(1);
        }
    }

    private static async Task IsToComeAgainAsync(WebhookWorld world)
    {
        var (status, body, response) = await world.PostAsync(Payloads.Event("emailOpen", "a@x.example").ToJsonString());

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().TotalSeconds.ShouldBeGreaterThan(0);
        body.GetProperty("code").GetString().ShouldBe("unavailable");
        body.GetRawText().ShouldNotContain("@x.example");
    }

    private sealed class BrokenStore : IMessageStore
    {
        public Task<MessageOutcome> AddAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) =>
            throw new WarehouseUnavailableException("The store is closing; send this again in a moment.");
    }
}
