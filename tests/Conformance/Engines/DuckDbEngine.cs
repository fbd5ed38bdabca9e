using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Xunit;

[assembly: AssemblyFixture(typeof(DuckDbEngine))]

namespace Muster.Tests.Conformance.Engines;

/// <summary>The embedded store, with its own migrations.</summary>
public sealed partial class DuckDbEngine : CohortEngine
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-conformance-").FullName;
    private readonly DuckDbStore _store;

    public DuckDbEngine() => _store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });

    protected override string? Missing => null;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    internal override MemberQuery Print(CohortPlan plan, ProjectCalendar calendar) => DuckDbPrinter.Print(plan, calendar);

    internal override Task UploadAsync(int cohortId, IReadOnlyList<string> distinctIds)
    {
        using var connection = _store.Open();
        using var rows = connection.CreateAppender("cohort_upload");
        foreach (var id in distinctIds)
        {
            rows.CreateRow().AppendValue(cohortId).AppendValue(id).EndRow();
        }

        return Task.CompletedTask;
    }

    internal override Task<IReadOnlyList<int>> RunAsync(MemberQuery query)
    {
        using var connection = _store.Open();
        return Task.FromResult(World.Run(connection, query, offset: 0));
    }

    internal override Task<int> EventReadsAsync(MemberQuery query)
    {
        using var connection = _store.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN (FORMAT JSON) " + query.Sql;
        foreach (var (name, value) in query.Parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        using var plan = command.ExecuteReader();
        plan.Read();
        return Task.FromResult(EventRead().Count(plan.GetString(1)));
    }

    private protected override Task WriteAsync(World world, int projectId, int offset)
    {
        using var connection = _store.Open();
        world.Write(connection, projectId, offset);
        return Task.CompletedTask;
    }

    [GeneratedRegex("""
        "Table":\s*"([^"]*\.)?(\\")?event(\\")?"
        """)]
    private static partial Regex EventRead();
}
