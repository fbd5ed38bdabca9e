using System.Globalization;
using System.Text;
using System.Text.Json;
using Muster.Cohorts.Compilation;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Xunit;

[assembly: AssemblyFixture(typeof(ClickHouseEngine))]

namespace Muster.Tests.Conformance.Engines;

/// <summary>ClickHouse, with the tables of ClickHouse/tables.sql.</summary>
public sealed class ClickHouseEngine : CohortEngine
{
    private ClickHouseServer? _server;

    protected override string? Missing { get; } = ClickHouseServer.Missing();

    private ClickHouseServer Server => _server ?? throw new InvalidOperationException("not started");

    public override async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        _server = await ClickHouseServer.StartAsync(Cancelled);
        using var tables = new StreamReader(typeof(ClickHouseEngine).Assembly.GetManifestResourceStream("tables.sql")!);
        foreach (var statement in (await tables.ReadToEndAsync(Cancelled)).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await Server.ExecuteAsync(statement, Cancelled);
        }
    }

    public override ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal override MemberQuery Print(CohortPlan plan, ProjectCalendar calendar) => ClickHousePrinter.Print(plan, calendar);

    internal override Task UploadAsync(int cohortId, IReadOnlyList<string> distinctIds) =>
        InsertAsync("cohort_upload", distinctIds.Select(id => new { cohort_id = cohortId, distinct_id = id }));

    internal override async Task<IReadOnlyList<int>> RunAsync(MemberQuery query) =>
        [.. (await Server.ColumnAsync(query, Cancelled)).Select(id => Convert.ToInt32(id, CultureInfo.InvariantCulture))];

    internal override async Task<int> EventReadsAsync(MemberQuery query)
    {
        var plan = await Server.ColumnAsync(query with { Sql = "EXPLAIN " + query.Sql }, Cancelled);
        return plan.Count(line => line.ToString()!.Contains("ReadFromMergeTree (default.event)", StringComparison.Ordinal));
    }

    /// <summary>Inserts rows as a writer of the store would.</summary>
    internal Task InsertAsync(string table, IEnumerable<object> rows)
    {
        var lines = new StringBuilder();
        foreach (var row in rows)
        {
            lines.Append('\n').Append(JsonSerializer.Serialize(row));
        }

        return lines.Length == 0 ? Task.CompletedTask : Server.ExecuteAsync($"INSERT INTO {table} FORMAT JSONEachRow{lines}", Cancelled);
    }

    private protected override async Task WriteAsync(World world, int projectId, int offset)
    {
        var names = world.Events.Select(e => e.Name).Distinct().ToList();
        await InsertAsync("identity", world.People.Select(p => new { project_id = projectId, distinct_id = p.DistinctId, user_id = offset + p.Id, version = 1, is_deleted = 0 }));
        await InsertAsync("alias", world.People.Where(p => p.CanonicalId != p.Id)
            .Select(p => new { project_id = projectId, user_id = offset + p.Id, canonical_id = offset + p.CanonicalId, version = 1, is_deleted = 0 }));
        await InsertAsync("profile", world.People.Where(p => p.Profile is not null)
            .Select(p => new { project_id = projectId, user_id = offset + p.Id, properties = PropertyMap.Of(p.Profile!), version = 1, is_deleted = 0 }));
        await InsertAsync("event_name", names.Select((name, i) => new { event_id = offset + i, project_id = projectId, name }));
        await InsertAsync("event", world.Events.Select(e => new
        {
            project_id = projectId,
            event_id = offset + names.IndexOf(e.Name),
            user_id = e.PersonId is { } id ? offset + id : 0,
            time = e.Time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
            insert_id = "i",
            properties = PropertyMap.Of(e.Properties),
        }));
    }
}
