using Microsoft.Extensions.Logging.Abstractions;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb.Retention;
using Muster.Warehouse.Events;
using Muster.Warehouse.Identities;
using Muster.Warehouse.Messages;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse.Retention;

public sealed class EventRetentionTests
{
    private static readonly DateTime Today = TimeProvider.System.GetUtcNow().UtcDateTime;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_ManyOldEvents_GoInPiecesAndNewOnesStay()
    {
        await using var store = new TempStore();
        foreach (var page in Enumerable.Range(0, 25_000).Chunk(5000))
        {
            await store.People.AppendAsync([.. page.Select(i => Event($"u{i % 100}", days: i % 5 == 0 ? 1 : 40, id: $"i{i}"))], Token);
        }

        var gone = await ApplyAsync(store, days: 30);

        gone.ShouldBe(20_000);
        store.Number("SELECT count(*) FROM event").ShouldBe(5000);
        store.Number("SELECT count(*) FROM event WHERE time < now()::TIMESTAMP - INTERVAL 30 DAY").ShouldBe(0);
        (await ApplyAsync(store, days: 30)).ShouldBe(0);
    }

    [Fact]
    public async Task ApplyAsync_NobodyElseKnowsTheId_TheIdGoesAndIsNotGivenOutAgain()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([
            Event("gone", 40), Event("active", 40), Event("active", 1), Event("profiled", 40),
            Event("device", 40) with { Claim = new IdentityClaim.Merge("device", "person") }], Token);
        await store.People.ApplyAsync([Profile("profiled")], Token);
        await store.People.AddAsync([Message("stranger@example.com")], Token);
        var highest = store.Number("SELECT max(user_id) FROM identity");

        await ApplyAsync(store, days: 30);

        store.Rows("SELECT distinct_id FROM identity ORDER BY 1").ShouldBe(["active", "device", "person", "profiled"]);
        store.Number("SELECT count(*) FROM unresolved").ShouldBe(0);
        store.Number("SELECT count(*) FROM retired_user_id").ShouldBe(2);

        // Whoever comes back is someone new, also after a start.
        await store.People.AppendAsync([Event("gone", 1)], Token);
        store.Number("SELECT user_id FROM identity WHERE distinct_id = 'gone'").ShouldBeGreaterThan(highest);
        await store.ReopenAsync();
        await store.People.AppendAsync([Event("gone", 1, "again")], Token);
        store.Number("SELECT count(*) FROM identity WHERE distinct_id = 'gone'").ShouldBe(1);
        await store.People.AddAsync([Message("stranger@example.com") with { Time = Today, InsertId = "iterable-2" }], Token);
        store.Number("SELECT count(*) FROM unresolved").ShouldBe(1);
    }

    [Fact]
    public async Task ApplyAsync_ByTheWayEventsComeIn_AllOfThemAreStored()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([.. Enumerable.Range(0, 30_000).Select(i => Event($"old{i % 500}", 40, $"o{i}"))], Token);

        var ageing = ApplyAsync(store, days: 30);
        for (var i = 0; i < 200; i++)
        {
            (await store.People.AppendAsync([Event($"old{i}", 0, $"n{i}")], Token)).Stored.ShouldBe(1);
        }

        (await ageing).ShouldBe(30_000);
        await ApplyAsync(store, days: 30);
        store.Number("SELECT count(*) FROM event").ShouldBe(200);
        store.Number("SELECT count(*) FROM event e JOIN identity i USING (user_id)").ShouldBe(200, "who does something while they would go stays");
    }

    [Fact]
    public async Task ApplyAsync_NoSetting_KeepsAll()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([Event("a", 4000)], Token);

        (await ApplyAsync(store, days: null)).ShouldBe(0);

        store.Number("SELECT count(*) FROM event").ShouldBe(1);
    }

    private static async Task<long> ApplyAsync(TempStore store, int? days)
    {
        using var retention = new EventRetention(
            store.Store, store.People, new WarehouseOptions { DataDir = "unused", EventRetention = days is { } d ? TimeSpan.FromDays(d) : null },
            TimeProvider.System, NullLogger<EventRetention>.Instance);
        return await retention.ApplyAsync(Token);
    }

    private static NewEvent Event(string who, int days, string id = "1") => new()
    {
        ProjectId = 1,
        Name = "did",
        DistinctId = who,
        Time = Today.AddDays(-days),
        InsertId = id,
        Properties = "{}"u8.ToArray(),
        ReceivedAt = Today,
    };

    private static ProfileUpdate Profile(string who) => new() { ProjectId = 1, DistinctId = who, Operations = [new ProfileOperation.Set([new("plan", "\"pro\"")])] };

    private static NewMessage Message(string email) => new()
    {
        ProjectId = 1,
        Name = "Email Send",
        Email = email,
        Time = Today.AddDays(-40),
        InsertId = "iterable-1",
        Properties = "{}"u8.ToArray(),
        ReceivedAt = Today,
    };
}
