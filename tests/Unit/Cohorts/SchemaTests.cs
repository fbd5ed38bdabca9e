using DuckDB.NET.Data;
using Microsoft.Extensions.Time.Testing;
using Muster.Cohorts;
using Muster.Cohorts.Membership;
using Muster.Cohorts.Schema;
using Muster.Tests.Unit.Cohorts.Compilation;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts;

public sealed class SchemaTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-schema-").FullName;
    private readonly FakeTimeProvider _clock = new(Now);
    private readonly DuckDbStore _store;
    private readonly ReadingMemory _memory;
    private readonly Evaluations _evaluations;
    private readonly ProjectSchemas _schemas;

    public SchemaTests()
    {
        _store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        _memory = new ReadingMemory(_store, _clock);
        _evaluations = new Evaluations(_store, _memory, new CohortOptions(), _clock);
        _schemas = new ProjectSchemas(_evaluations, _clock);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_Project_HasItsNamesTypesAndValues()
    {
        using var connection = _store.Open();
        Write(connection, 1, 0,
            [new Person(1, 1, "ann", """{"plan":"pro","seats":5,"since":"2026-01-31","tags":["a","b"]}"""), new Person(2, 2, "bob", """{"plan":"pro","seats":"7"}""")],
            [
                new Happening(1, "Buy", Now.UtcDateTime.AddDays(-1), """{"amount":5,"gift":true}"""),
                new Happening(2, "Buy", Now.UtcDateTime, """{"amount":5,"gift":null}"""),
                new Happening(2, "View", Now.UtcDateTime, "{}"),
            ]);
        Write(connection, 2, 100, [new Person(1, 1, "eve", """{"secret":1}""")], [new Happening(1, "Elsewhere", Now.UtcDateTime, "{}")]);

        var schema = await _schemas.OfAsync(1, new HashSet<string>(), Stop);

        schema.Events.Select(e => (e.Name, e.Count, e.LastAt)).ShouldBe([("Buy", 2, Now), ("View", 1, Now)]);
        var buy = schema.Events[0].Properties;
        buy.Select(p => (p.Name, string.Join(",", p.Types), p.Count)).ShouldBe([("amount", "number", 2), ("gift", "boolean", 1)]);
        buy[0].TopValues!.Select(v => (v.Value.GetRawText(), v.Count)).ShouldBe([("5", 2)]);
        schema.ProfileProperties.Select(p => (p.Name, string.Join(",", p.Types)))
            .ShouldBe([("plan", "text"), ("seats", "number,text"), ("since", "date"), ("tags", "list")]);
        schema.ProfileProperties[0].TopValues!.Select(v => v.Value.GetRawText()).ShouldBe(["\"pro\""]);
        schema.ProfileProperties[3].TopValues!.Select(v => v.Value.GetRawText()).ShouldBe(["\"a\"", "\"b\""]);
    }

    [Fact]
    public async Task Of_AfterMoreWasStored_HasItAtOnceAndNothingTwice()
    {
        using var connection = _store.Open();
        Write(connection, 1, 0, [new Person(1, 1, "ann", null)], [new Happening(1, "Buy", Now.UtcDateTime.AddDays(-1), "{}")]);
        await _schemas.OfAsync(1, new HashSet<string>(), Stop);

        Write(connection, 1, 100, [new Person(1, 1, "bob", null)], [new Happening(1, "View", Now.UtcDateTime, """{"page":"/"}""")]);
        var schema = await _schemas.OfAsync(1, new HashSet<string>(), Stop);

        schema.Events.Select(e => (e.Name, e.Count)).ShouldBe([("Buy", 1), ("View", 1)]);
        schema.Events[1].Properties.ShouldHaveSingleItem().Name.ShouldBe("page");
    }

    [Fact]
    public async Task Of_AfterAQuarterOfAnHour_ForgetsWhatIsGone()
    {
        using var connection = _store.Open();
        Write(connection, 1, 0, [new Person(1, 1, "ann", """{"email":"ann@example.com"}""")], []);
        (await _schemas.OfAsync(1, new HashSet<string>(), Stop)).ProfileProperties.ShouldHaveSingleItem();

        DuckDbStore.Execute(connection, "DELETE FROM profile");
        _clock.Advance(TimeSpan.FromMinutes(16));

        (await _schemas.OfAsync(1, new HashSet<string>(), Stop)).ProfileProperties.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_HiddenProperties_ShowNoValues()
    {
        using var connection = _store.Open();
        Write(connection, 1, 0, [new Person(1, 1, "ann", """{"$email":"ann@example.com","plan":"pro"}""")], []);

        var schema = await _schemas.OfAsync(1, new HashSet<string> { "$email" }, Stop);

        schema.ProfileProperties.Select(p => (p.Name, Shown: p.TopValues is not null)).ShouldBe([("$email", false), ("plan", true)], ignoreOrder: true);
    }

    [Fact]
    public async Task Evaluation_LongerThanItsLimit_IsEndedAndSaysSo()
    {
        using var evaluations = new Evaluations(_store, _memory, new CohortOptions { TimeLimit = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);

        var ended = await Should.ThrowAsync<EvaluationException>(() => evaluations.RunAsync(Endless, Stop));

        ended.Code.ShouldBe("evaluation_too_slow");
    }

    [Fact]
    public async Task Evaluation_OfRowsThatAreLongerThanItsLimit_IsEndedBeforeTheFirst()
    {
        using var evaluations = new Evaluations(_store, _memory, new CohortOptions { TimeLimit = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);

        var ended = await Should.ThrowAsync<EvaluationException>(() => evaluations.BeginAsync(
            connection => Command(connection, "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"), Stop));

        ended.Code.ShouldBe("evaluation_too_slow");
    }

    [Fact]
    public async Task Evaluation_RowsTakenSlowly_TakeNeitherATurnNorTheLimit()
    {
        using var evaluations = new Evaluations(_store, _memory, new CohortOptions { AtOnce = 1 }, _clock);
        using var slow = await evaluations.BeginAsync(connection => Command(connection, "SELECT range FROM range(100000)"), Stop);
        slow.Next().ShouldBeTrue();

        _clock.Advance(TimeSpan.FromHours(1));
        using var other = await evaluations.BeginAsync(connection => Command(connection, "SELECT 1"), Stop);

        other.Next().ShouldBeTrue();
        other.Next().ShouldBeFalse();
        var rows = 1;
        while (slow.Next())
        {
            rows++;
        }

        rows.ShouldBe(100_000);
    }

    [Fact]
    public async Task Evaluation_NobodyWaitsForAnyMore_IsInterrupted()
    {
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(() => _evaluations.RunAsync(Endless, gone.Token));
    }

    [Fact]
    public void Ask_WhileAndShortlyAfterAQuestion_LendsMemory()
    {
        using (var connection = _store.Open())
        {
            DuckDbStore.Execute(connection, "CREATE TABLE filler AS SELECT hash(i) AS h, hash(i + 1) AS g FROM range(1000000) t(i)");
            DuckDbStore.Execute(connection, "CHECKPOINT");
        }

        using var memory = new ReadingMemory(_store, _clock, mostMebibytes: 4);
        memory.Lent.ShouldBe(0);
        using (memory.Ask())
        {
            memory.Lent.ShouldBe(4);
        }

        _clock.Advance(TimeSpan.FromMinutes(4));
        memory.Lent.ShouldBe(4);
        memory.Ask().Dispose();
        _clock.Advance(TimeSpan.FromMinutes(4));
        memory.Lent.ShouldBe(4);
        _clock.Advance(TimeSpan.FromMinutes(2));
        memory.Lent.ShouldBe(0);
    }

    public void Dispose()
    {
        _schemas.Dispose();
        _evaluations.Dispose();
        _memory.Dispose();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static long Endless(DuckDBConnection connection) =>
        connection.Query("SELECT count(*) FROM range(1000000000) a(i), range(1000000) b(j) WHERE hash(i + j) = 7", r => r.GetInt64(0))[0];

    private static void Write(DuckDBConnection connection, int projectId, int offset, IReadOnlyList<Person> people, IReadOnlyList<Happening> events) =>
        new World(Now, "UTC", people, events).Write(connection, projectId, offset);

    private static DuckDBCommand Command(DuckDBConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
