using System.Text.Json;
using CsCheck;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;
using Muster.Cohorts.Promotion;
using Muster.Tests.Unit.Cohorts.Compilation;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts.Promotion;

public sealed class PromotedAgainstOracleTests : IDisposable
{
    // Of those that the random worlds have.
    private static readonly string[] Names = ["p", "a", "a.b", "a.b.c", "x/y~z", "\"'\\$c1", "tags", "tags.0", "", "p~1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-promoted-").FullName;

    [Fact]
    public async Task Print_PromotedPropertiesOfSomeRows_SameMembersAsOracle()
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        using var connection = store.Open();
        var writer = new AtOnce(connection);
        var promoted = new PromotedProperties(store);
        var filling = new PropertyFilling(store, writer, promoted, TimeProvider.System);
        using var promotions = new Promotions(promoted, writer, TimeProvider.System);
        foreach (var name in Names)
        {
            await promotions.PromoteAsync(new PropertyKey(1, PropertyOwner.Event, name), "test", TestContext.Current.CancellationToken);
            await promotions.PromoteAsync(new PropertyKey(1, PropertyOwner.Profile, name), "test", TestContext.Current.CancellationToken);
        }

        var (cases, readColumns) = (0, 0);
        await RandomWorlds.Cases.SampleAsync(
            async drawn =>
            {
                var projectId = ++cases;
                var offset = projectId * 100;
                connection.Execute("UPDATE promoted_property SET project_id = $project, completed_at = NULL", ("project", projectId));
                drawn.World.Write(connection, projectId, offset, addedColumns: Names.Length + 1);
                await filling.RunAsync(CancellationToken.None);
                Unfill(connection, "event", projectId);
                Unfill(connection, "profile", projectId);
                promoted.Changed();
                var plan = new CohortPlan(
                    projectId, new MemberSource.Defined(Read(drawn.Definition)), [new ReferencedCohort(7, new MemberSource.Defined(Read(drawn.Other)))]);
                var query = DuckDbPrinter.Print(
                    plan, new ProjectCalendar(drawn.World.Now, TimeZoneInfo.FindSystemTimeZoneById(drawn.World.Zone)), promoted.Find);
                readColumns += query.Sql.Contains("promoted_through", StringComparison.Ordinal) ? 1 : 0;

                var members = World.Run(connection, query, offset);

                var oracle = new Oracle(drawn.World, new Dictionary<int, JsonElement> { [7] = Json(drawn.Other) });
                members.ShouldBe(oracle.Members(Json(drawn.Definition)));
            },
            iter: 200,
            threads: 1);
        readColumns.ShouldBeGreaterThan(50);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // As rows that came since: what stands in their columns means nothing.
    private static void Unfill(DuckDB.NET.Data.DuckDBConnection connection, string table, int projectId)
    {
        var columns = connection.Query(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND column_name SIMILAR TO 'promoted_[0-9]+'", r => r.GetString(0), ("table", table));
        columns.Count.ShouldBe(Names.Length);
        connection.Execute(
            $"UPDATE {table} SET promoted_through = 0, {string.Join(", ", columns.Select(c => $"{c} = '\"wrong\"'"))} WHERE project_id = $project AND rowid % 3 = 0",
            ("project", projectId));
    }

    private static Condition Read(string definition)
    {
        var read = DefinitionReader.Read(Json(definition));
        read.Faults.ShouldBeEmpty();
        return read.Condition!;
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
