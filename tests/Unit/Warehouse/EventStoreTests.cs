using System.Globalization;
using Muster.Warehouse;
using Muster.Warehouse.Events;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class EventStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task AppendAsync_NewEvent_EveryColumnIsStored()
    {
        await using var store = new TempStore();

        var outcome = await store.People.AppendAsync(
            [New("a", id: "i-1") with { ProjectId = 7, Name = "Buy", Source = "iterable", Properties = """{"x":1.50}"""u8.ToArray(), ReceivedAt = Noon.AddMilliseconds(1234) }],
            Token);

        outcome.ShouldBe(new AppendOutcome(1, 0));
        store.Rows("""
            SELECT e.project_id, n.project_id, n.name, i.project_id, i.distinct_id, e.time, e.insert_id, e.source, e.properties, e.received_at
            FROM event e JOIN event_name n USING (event_id) JOIN identity i USING (user_id)
            """).ShouldBe(["""7|7|Buy|7|a|2026-03-01T12:00:00.000|i-1|iterable|{"x":1.50}|2026-03-01T12:00:01.234"""]);
    }

    [Fact]
    public async Task AppendAsync_OfNobody_HasNoUser()
    {
        await using var store = new TempStore();

        await store.People.AppendAsync([New("", id: "i-1")], Token);

        store.Rows("SELECT user_id, source FROM event").ShouldBe(["|"]);
        store.Number("SELECT count(*) FROM identity").ShouldBe(0);
    }

    [Fact]
    public async Task AppendAsync_SameIdInTwoProjects_AreTwoPeopleAndTwoNames()
    {
        await using var store = new TempStore();

        await store.People.AppendAsync([New("a", id: "1"), New("a", id: "1") with { ProjectId = 2 }], Token);

        store.Number("SELECT count(DISTINCT user_id) FROM event").ShouldBe(2);
        store.Number("SELECT count(DISTINCT event_id) FROM event").ShouldBe(2);
    }

    [Fact]
    public async Task AppendAsync_GroupOutOfOrder_IsStoredByTime()
    {
        await using var store = new TempStore();

        await store.People.AppendAsync([New("a", 3, "1"), New("b", 1, "2"), New("c", 2, "3")], Token);

        store.Rows("SELECT insert_id FROM event").ShouldBe(["2", "3", "1"]);
    }

    [Fact]
    public async Task AppendAsync_TwiceInOneCall_IsStoredOnce()
    {
        await using var store = new TempStore();

        var outcome = await store.People.AppendAsync([New("a", id: "1"), New("a", id: "1"), New("a", id: "2")], Token);

        outcome.ShouldBe(new AppendOutcome(2, 1));
    }

    [Fact]
    public async Task AppendAsync_SentAgain_IsStoredOnce()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([New("a", id: "1")], Token);

        (await store.People.AppendAsync([New("a", id: "1") with { Properties = """{"other":1}"""u8.ToArray() }], Token))
            .ShouldBe(new AppendOutcome(0, 1));
    }

    [Fact]
    public async Task AppendAsync_SentAgainAfterReopening_IsStoredOnce()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([New("a", id: "1"), New("", id: "2")], Token);

        await store.ReopenAsync();

        (await store.People.AppendAsync([New("a", id: "1"), New("", id: "2"), New("b", id: "1")], Token))
            .ShouldBe(new AppendOutcome(1, 2));
        store.Number("SELECT max(user_id) FROM identity").ShouldBe(2);
        store.Number("SELECT count(*) FROM event_name").ShouldBe(1);
    }

    [Theory]
    [InlineData("project")]
    [InlineData("name")]
    [InlineData("person")]
    [InlineData("time")]
    [InlineData("insert id")]
    public async Task AppendAsync_OnePartOfTheKeyDiffers_IsAnotherEvent(string part)
    {
        await using var store = new TempStore();
        var item = New("a", id: "1");
        await store.People.AppendAsync([item], Token);

        var other = part switch
        {
            "project" => item with { ProjectId = 2 },
            "name" => item with { Name = "other" },
            "person" => item with { DistinctId = "b" },
            "time" => item with { Time = item.Time.AddMilliseconds(1) },
            _ => item with { InsertId = "2" },
        };
        (await store.People.AppendAsync([other], Token)).ShouldBe(new AppendOutcome(1, 0));
    }

    [Fact]
    public async Task AppendAsync_InsertIdIsOurs_IsNeverADuplicate()
    {
        await using var store = new TempStore();
        var item = New("a", id: "1") with { InsertIdIsOurs = true };

        (await store.People.AppendAsync([item, item], Token)).ShouldBe(new AppendOutcome(2, 0));
    }

    [Fact]
    public async Task AppendAsync_TimeWasTheArrivalsAndItComesAgain_IsStoredOnce()
    {
        await using var store = new TempStore();
        var first = New("a", id: "1") with { ReceivedAt = Noon };
        await store.People.AppendAsync([first], Token);

        var missingAgain = first with { Time = Noon.AddMinutes(1), ReceivedAt = Noon.AddMinutes(1) };
        var nowInThePast = first with { Time = Noon.AddSeconds(30), ReceivedAt = Noon.AddMinutes(1) };
        (await store.People.AppendAsync([missingAgain, nowInThePast], Token)).ShouldBe(new AppendOutcome(0, 2));

        await store.ReopenAsync();
        (await store.People.AppendAsync([missingAgain, nowInThePast], Token)).ShouldBe(new AppendOutcome(0, 2));
    }

    [Fact]
    public async Task AppendAsync_OneCallFails_NothingOfItIsKept()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([New("a", id: "1")], Token);

        await Should.ThrowAsync<WarehouseUnavailableException>(
            store.People.AppendAsync([New("lost", id: "2") with { Name = "lost" }, New("b", id: "3") with { Name = null! }], Token));
        await store.People.AppendAsync([New("b", id: "2"), New("lost", id: "2") with { Name = "found" }], Token);

        store.Rows("SELECT user_id, distinct_id FROM identity ORDER BY 1").ShouldBe(["1|a", "2|b", "3|lost"]);
        store.Rows("SELECT name FROM event_name ORDER BY event_id").ShouldBe(["did", "found"]);
        store.Number("SELECT count(*) FROM event").ShouldBe(3);
    }

    [Fact]
    public async Task AppendAsync_ManyAtOnceWithOverlaps_EachEventIsStoredOnce()
    {
        await using var store = new TempStore();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(call => Task.Run(() => store.People.AppendAsync(
            [.. Enumerable.Range(call * 50, 100).Select(i => New($"user-{i % 97}", i, i.ToString(CultureInfo.InvariantCulture)))], Token))));

        outcomes.Sum(o => o.Stored).ShouldBe(65 * 50);
        outcomes.Sum(o => o.Stored + o.Duplicates).ShouldBe(6400);
        store.Number("SELECT count(*) FROM event").ShouldBe(65 * 50);
        store.Number("SELECT count(DISTINCT insert_id) FROM event").ShouldBe(65 * 50);
        store.Number("SELECT count(*) FROM identity").ShouldBe(97);
        store.Number("SELECT count(*) FROM event e JOIN identity i USING (user_id) WHERE i.distinct_id <> 'user-' || (e.insert_id::INT % 97)").ShouldBe(0);
    }

    private static NewEvent New(string distinctId, int minute = 0, string id = "1") => new()
    {
        ProjectId = 1,
        Name = "did",
        DistinctId = distinctId,
        Time = Noon.AddMinutes(minute),
        InsertId = id,
        Properties = "{}"u8.ToArray(),
        ReceivedAt = Noon.AddDays(2),
    };
}
