using System.Text.Json;
using CsCheck;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts.Compilation;

public sealed class MembersAgainstOracleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-cohorts-").FullName;

    [Fact]
    public void Print_RandomDefinitionOnRandomProject_SameMembersAsOracle()
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        using var connection = store.Open();
        var cases = 0;
        RandomWorlds.Cases.Sample(
            drawn =>
            {
                // Every case is a project of its own in one store, so that projects must not see each other either.
                var projectId = ++cases;
                var offset = projectId * 100;
                drawn.World.Write(connection, projectId, offset);
                var plan = new CohortPlan(
                    projectId, new MemberSource.Defined(Read(drawn.Definition)), [new ReferencedCohort(7, new MemberSource.Defined(Read(drawn.Other)))]);
                var query = DuckDbPrinter.Print(plan, new ProjectCalendar(drawn.World.Now, TimeZoneInfo.FindSystemTimeZoneById(drawn.World.Zone)));

                var members = World.Run(connection, query, offset);

                var oracle = new Oracle(drawn.World, new Dictionary<int, JsonElement> { [7] = Json(drawn.Other) });
                members.ShouldBe(oracle.Members(Json(drawn.Definition)));
            },
            iter: 800,
            threads: 1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
