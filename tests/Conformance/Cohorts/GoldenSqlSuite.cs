using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Cohorts.Compilation;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>
/// The SQL of each definition in Golden/ as each engine gets it. A change of it is read as the diff of these files; with
/// MUSTER_ACCEPT_GOLDEN=1 the tests write them anew.
/// </summary>
public abstract class GoldenSqlSuite(CohortEngine engine, string dialect)
{
    private static readonly string Folder = Path.Combine(Repository.Tests, "Golden");

    // An afternoon in Berlin.
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 36, 1, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly World Nobody = new(Now, "Europe/Berlin", [], []);

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Print_Definition_IsTheGoldenSql(string name)
    {
        var asker = new Project(engine, Nobody, Id: 0, Offset: 0);
        using var asked = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), CohortEngine.Cancelled));
        var seventh = asked.RootElement.TryGetProperty("cohort 7", out var cohort) ? cohort.GetRawText() : null;
        var query = asker.Print(asked.RootElement.GetProperty("definition").GetRawText(), seventh);
        var golden = Path.Combine(Folder, $"{name}.{dialect}.sql");
        var text = Text(query);
        if (Environment.GetEnvironmentVariable("MUSTER_ACCEPT_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, text, CohortEngine.Cancelled);
        }

        File.Exists(golden).ShouldBeTrue($"{golden} is not there: MUSTER_ACCEPT_GOLDEN=1 writes it");
        text.ShouldBe(await File.ReadAllTextAsync(golden, CohortEngine.Cancelled), "MUSTER_ACCEPT_GOLDEN=1 accepts the change");
        engine.Require();
        (await asker.MembersAsync(query)).ShouldBeEmpty("the engine takes it");
    }

    private static string Text(MemberQuery query)
    {
        var text = new StringBuilder(query.Sql).Append('\n');
        foreach (var (name, value) in query.Parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"-- {name} = {JsonSerializer.Serialize(value, Readable)}\n");
        }

        return text.ToString();
    }
}

public sealed class DuckDbGoldenSqlTests(DuckDbEngine engine) : GoldenSqlSuite(engine, "duckdb");

public sealed class ClickHouseGoldenSqlTests(ClickHouseEngine engine) : GoldenSqlSuite(engine, "clickhouse");
