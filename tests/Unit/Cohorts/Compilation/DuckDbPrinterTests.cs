using System.Text.Json;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts.Compilation;

public sealed class DuckDbPrinterTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-cohorts-").FullName;

    [Theory]
    [InlineData("'; DROP TABLE event; --")]
    [InlineData("$c0 $1 ? :x {0} %s")]
    [InlineData("a/b~c.d\\e\"f'g")]
    [InlineData("\U0001F600 \u0000 \u0001 \u007f \u2028")]
    [InlineData("~1 ~0 /0 $.x $[*] *")]
    [InlineData(".")]
    [InlineData("")]
    public void Print_HostileNamesAndTexts_StayValues(string text)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        using var connection = store.Open();
        var quoted = JsonSerializer.Serialize(text);
        // The appender of this test would cut a name at U+0000; in JSON it is escaped.
        var name = text.Replace("\0", "", StringComparison.Ordinal);
        var quotedName = JsonSerializer.Serialize(name);
        var has = JsonSerializer.Serialize(new Dictionary<string, object> { [text] = text });
        var world = new World(Now, "UTC",
            [new Person(1, 1, "has it", has), new Person(2, 2, "has another", "{\"x\":1}"), new Person(3, 3, "has no profile", null)],
            [new Happening(1, name, Now.UtcDateTime, has), new Happening(2, name, Now.UtcDateTime, "{}"), new Happening(3, "other", Now.UtcDateTime, has)]);
        world.Write(connection, 1, 0);
        var definition = $$$"""
            {"all":[{"profile":{{{quoted}}},"is":[{{{quoted}}}]},{"profile":{{{quoted}}},"contains":{{{quoted}}}},
                    {"event":{{{quotedName}}},"where":[{"property":{{{quoted}}},"is":[{{{quoted}}}]}],"distinct":{"of":{{{quoted}}},"eq":1}},
                    {"sequence":[{"event":{{{quotedName}}},"where":[{"property":{{{quoted}}},"contains":{{{quoted}}}}]}]}]}
            """;

        Print(definition).Sql.ShouldNotContain("DROP");
        World.Run(connection, Print(definition), 0).ShouldBe([1]);
        World.Run(connection, Print($$"""{"not":{{definition}}}"""), 0).ShouldBe([2, 3]);
    }

    [Fact]
    public void Print_AsPartOfAnotherStatement_Runs()
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        using var connection = store.Open();
        new World(Now, "UTC", [new Person(1, 1, "one", "{\"a\":1}"), new Person(2, 2, "two", null)], []).Write(connection, 1, 0);
        var query = Print("""{"any":[{"profile":"a","isSet":false},{"cohort":7}]}""", """{"profile":"a","is":["1"]}""");

        DuckDbStore.Execute(connection, "CREATE TABLE staged (user_id INTEGER)");
        World.Run(connection, query with { Sql = $"INSERT INTO staged SELECT user_id FROM ({query.Sql}) m RETURNING user_id" }, 0).ShouldBe([1, 2]);
    }

    [Fact]
    public void Print_Uploaded_AreThoseWhoExistUnderTheirCanonicalIds()
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        using var connection = store.Open();
        new World(Now, "UTC", [new Person(1, 1, "one", null), new Person(2, 1, "two", null), new Person(3, 3, "three", null), new Person(4, 4, "", null)], [])
            .Write(connection, 1, 0);
        new World(Now, "UTC", [new Person(1, 1, "one", null)], []).Write(connection, 2, 100);
        DuckDbStore.Execute(connection, "INSERT INTO cohort_upload VALUES (9, 'two'), (9, 'two'), (9, 'one'), (9, ''), (9, 'stranger'), (8, 'three')");

        var query = DuckDbPrinter.Print(new CohortPlan(1, new MemberSource.Uploaded(9), []), new ProjectCalendar(Now, TimeZoneInfo.Utc));

        World.Run(connection, query, 0).ShouldBe([1]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static MemberQuery Print(string definition, string? seventh = null) => DuckDbPrinter.Print(
        new CohortPlan(1, new MemberSource.Defined(Read(definition)), seventh is null ? [] : [new ReferencedCohort(7, new MemberSource.Defined(Read(seventh)))]),
        new ProjectCalendar(Now, TimeZoneInfo.Utc));

    private static Condition Read(string definition)
    {
        using var document = JsonDocument.Parse(definition);
        var read = DefinitionReader.Read(document.RootElement);
        read.Faults.ShouldBeEmpty();
        return read.Condition!;
    }
}
