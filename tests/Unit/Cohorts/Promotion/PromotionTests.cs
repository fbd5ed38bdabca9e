using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Muster.Cohorts.Promotion;
using Muster.Tests.Unit.Warehouse;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Events;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts.Promotion;

public sealed class PromotionTests : IAsyncDisposable
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly PropertyKey Plan = new(1, PropertyOwner.Event, "plan");

    private readonly TempStore _store = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(Noon));
    private readonly PromotedProperties _promoted;
    private readonly Promotions _promotions;

    public PromotionTests()
    {
        _promoted = new PromotedProperties(_store.Store);
        _promotions = new Promotions(_promoted, _store.People, _clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Real time: it rests between its parts.
    private PropertyFilling Filling => new(_store.Store, _store.People, _promoted, TimeProvider.System);

    [Fact]
    public async Task Run_RowsFromBeforeAndAfter_HaveTheirValuesAndTheColumnIsRead()
    {
        await AppendAsync("1", """{"plan":"pro"}""");
        await AppendAsync("2", """{"plan":null}""", project: 2);

        var property = (await _promotions.PromoteAsync(Plan, "test", Token))!;
        await AppendAsync("3", """{"plan": {"a": [1.50, "\u00e9"]}}""");
        await AppendAsync("4", "{}");
        _promoted.Find(Plan).ShouldBeNull();
        await Filling.RunAsync(Token);

        _store.Rows($"SELECT insert_id, {property.Column}, promoted_through FROM event ORDER BY 1")
            .ShouldBe(["1|\"pro\"|1", "2||0", "3|{\"a\":[1.5,\"é\"]}|1", "4||1"]);
        _store.Number($"SELECT count(*) FROM event WHERE {property.Column} = ''").ShouldBe(1);
        _promoted.Find(Plan)!.Bytes.ShouldBe(5 + 16);
        _promoted.Find(Plan with { ProjectId = 2 }).ShouldBeNull();
    }

    [Fact]
    public async Task Run_SecondPromotion_FillsBothAndKeepsTheFirst()
    {
        await AppendAsync("1", """{"plan":"pro","n":1}""");
        await _promotions.PromoteAsync(Plan, "test", Token);
        await Filling.RunAsync(Token);

        await _promotions.PromoteAsync(Plan with { Name = "n" }, "test", Token);
        await AppendAsync("2", """{"plan":"free","n":2}""");
        await Filling.RunAsync(Token);

        _store.Rows("SELECT promoted_1, promoted_2, promoted_through FROM event ORDER BY insert_id").ShouldBe(["\"pro\"|1|2", "\"free\"|2|2"]);
    }

    [Fact]
    public async Task Run_ProfileChanges_IsFilledAnew()
    {
        await SetAsync("\"pro\"");
        await _promotions.PromoteAsync(new PropertyKey(1, PropertyOwner.Profile, "plan"), "test", Token);
        await Filling.RunAsync(Token);
        await SetAsync("\"free\"");
        _store.Rows("SELECT promoted_1, promoted_through FROM profile").ShouldBe(["|0"]);

        await Filling.RunAsync(Token);

        _store.Rows("SELECT promoted_1, promoted_through FROM profile").ShouldBe(["\"free\"|1"]);
    }

    [Fact]
    public async Task Demote_IsNotReadAtOnceAndTheColumnGoesLater()
    {
        await AppendAsync("1", """{"plan":"pro"}""");
        var property = (await _promotions.PromoteAsync(Plan, "test", Token))!;
        await Filling.RunAsync(Token);

        await _promotions.DemoteAsync(property.Number, Token);

        _promoted.Find(Plan).ShouldBeNull();
        await new PropertyFilling(_store.Store, _store.People, _promoted, _clock).RunAsync(Token);
        HasColumn(property).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(5));
        await new PropertyFilling(_store.Store, _store.People, _promoted, _clock).RunAsync(Token);
        HasColumn(property).ShouldBeFalse();
        _promoted.List().Single().DroppedAt.ShouldNotBeNull();
        await AppendAsync("2", """{"plan":"pro"}""");
        _store.Number("SELECT count(*) FROM event").ShouldBe(2);

        var again = (await _promotions.PromoteAsync(Plan, "test", Token))!;
        await Filling.RunAsync(Token);
        _store.Number($"SELECT count(*) FROM event WHERE {again.Column} = '\"pro\"'").ShouldBe(2);
    }

    [Fact]
    public async Task Reopen_PromotedColumns_EventsAreStoredAndFilled()
    {
        await _promotions.PromoteAsync(Plan, "test", Token);
        await _store.ReopenAsync();

        await AppendAsync("1", """{"plan":"pro"}""");
        var promoted = new PromotedProperties(_store.Store);
        await new PropertyFilling(_store.Store, _store.People, promoted, TimeProvider.System).RunAsync(Token);

        _store.Rows("SELECT promoted_1 FROM event").ShouldBe(["\"pro\""]);
        promoted.Find(Plan).ShouldNotBeNull();
    }

    [Fact]
    public async Task Promote_MoreThanAProjectMayHave_IsNone()
    {
        for (var i = 0; i < Promotions.Most; i++)
        {
            (await _promotions.PromoteAsync(Plan with { Name = $"p{i}" }, "test", Token)).ShouldNotBeNull();
        }

        (await _promotions.PromoteAsync(Plan, "test", Token)).ShouldBeNull();
        (await _promotions.PromoteAsync(Plan with { Name = "p3" }, "test", Token))!.Number.ShouldBe(4);
        (await _promotions.PromoteAsync(Plan with { Owner = PropertyOwner.Profile }, "test", Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Worker_PropertyReadOften_IsPromotedOnceThereAreManyRows()
    {
        var use = new PropertyUse(_clock);
        using var worker = new PromotionWorker(
            _store.Store, use, _promoted, _promotions, Filling, _clock, NullLogger<PromotionWorker>.Instance);
        ReadOften(use);
        await worker.RunAsync(Token);
        _promoted.List().ShouldBeEmpty();

        using (var connection = _store.Store.Open())
        {
            connection.Execute(
                """INSERT INTO event SELECT 1, 1, 1, TIMESTAMP '2026-03-01', i, NULL, '{"plan":"pro"}', TIMESTAMP '2026-03-01', 0 FROM range($rows) t(i)""",
                ("rows", PromotionWorker.LeastRows));
        }

        use.Note([Plan]);
        await worker.RunAsync(Token);
        _promoted.List().ShouldBeEmpty();
        ReadOften(use);
        await worker.RunAsync(Token);

        _promoted.Find(Plan)!.Reason.ShouldBe("read by 20 evaluations within a day");
        _store.Number("SELECT count(*) FROM event WHERE promoted_1 = '\"pro\"'").ShouldBe(PromotionWorker.LeastRows);

        // Taken back by hand, it stays so.
        await _promotions.DemoteAsync(1, Token);
        ReadOften(use);
        await worker.RunAsync(Token);
        _promoted.List().Count.ShouldBe(1);
    }

    [Fact]
    public void TakeOften_ReadsOverMoreThanADay_AreNotOften()
    {
        var use = new PropertyUse(_clock);
        for (var i = 0; i < PropertyUse.Often; i++)
        {
            use.Note([Plan]);
            _clock.Advance(TimeSpan.FromHours(2));
        }

        use.TakeOften().ShouldBeEmpty();
    }

    public ValueTask DisposeAsync()
    {
        _promotions.Dispose();
        return _store.DisposeAsync();
    }

    private static void ReadOften(PropertyUse use)
    {
        for (var i = 0; i < PropertyUse.Often; i++)
        {
            use.Note([Plan]);
        }
    }

    private bool HasColumn(PromotedProperty property) =>
        _store.Number($"SELECT count(*) FROM duckdb_columns() WHERE column_name = '{property.Column}'") == 1;

    private async Task AppendAsync(string id, string properties, int project = 1) => await _store.People.AppendAsync(
        [new NewEvent { ProjectId = project, Name = "Buy", DistinctId = "ann", Time = Noon, InsertId = id, Properties = System.Text.Encoding.UTF8.GetBytes(properties), ReceivedAt = Noon }],
        Token);

    private async Task SetAsync(string value) => await _store.People.ApplyAsync([PlanUpdate(value)], Token);

    private static ProfileUpdate PlanUpdate(string value) => new()
    {
        ProjectId = 1,
        DistinctId = "ann",
        Operations = [new ProfileOperation.Set([new KeyValuePair<string, string>("plan", value)])],
    };
}
