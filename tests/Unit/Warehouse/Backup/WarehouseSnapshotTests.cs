using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.DuckDb.Backup;
using Muster.Warehouse.Events;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse.Backup;

public sealed class WarehouseSnapshotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-test").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder, "it's a copy.duckdb");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Copy_WrittenToSinceItWasPinned_HasWhatThereWasThen()
    {
        await using var store = new TempStore();
        await store.People.RunAsync(c => c.Execute("ALTER TABLE event ADD COLUMN promoted_1 VARCHAR DEFAULT ''"), Token);
        await store.People.AppendAsync([Event("a"), Event("b")], Token);
        await store.People.RunAsync(Refuse, Token);
        await store.People.RunAsync(Refuse, Token);

        IReadOnlyDictionary<string, long> rows;
        using (var snapshot = new WarehouseSnapshot(store.Store.Open(), Target))
        {
            snapshot.Pin();

            // Also what makes the writer look at the columns again, which are there twice meanwhile.
            await store.People.RunAsync(c => c.Execute("DELETE FROM event WHERE user_id = 1"), Token);
            await store.People.AppendAsync([Event("c"), Event("d")], Token);
            await store.People.RunAsync(c => c.Execute("ALTER TABLE profile ADD COLUMN promoted_2 VARCHAR DEFAULT ''"), Token);
            await store.People.RunAsync(Refuse, Token);
            rows = snapshot.Copy();
            snapshot.Migrations.ShouldBe(DuckDbStore.Migrations);
        }

        store.Number("SELECT count(*) FROM event").ShouldBe(3);
        (rows["event"], rows["identity"], rows["refused_merge"], rows["schema_migration"]).ShouldBe((2, 2, 2, DuckDbStore.Migrations.Count));
        Directory.GetFiles(_folder).ShouldBe([Target]);
        using var copy = new DuckDBConnection($"Data Source={Target}");
        copy.Open();
        copy.Query("SELECT distinct_id FROM event JOIN identity USING (user_id) ORDER BY 1", r => r.GetString(0)).ShouldBe(["a", "b"]);
        copy.Query("SELECT column_name FROM duckdb_columns() WHERE column_name LIKE 'promoted_%' AND table_name IN ('event', 'profile')", r => r.GetString(0)).ShouldBe(["promoted_1"]);

        // Keys, defaults and sequences came along.
        Should.Throw<DuckDBException>(() => copy.Execute("INSERT INTO schema_migration (name) VALUES ('0001_people_and_events.sql')"));
        Refuse(copy);
        copy.Query("SELECT count(DISTINCT number) FROM refused_merge", r => r.GetInt64(0)).ShouldBe([3]);
    }

    [Fact]
    public async Task Dispose_NotCopied_LetsGoAndAnotherCanBeTaken()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([Event("a")], Token);
        using (var given = new WarehouseSnapshot(store.Store.Open(), Target))
        {
            given.Pin();
        }

        File.Delete(Target);
        using var snapshot = new WarehouseSnapshot(store.Store.Open(), Target);
        snapshot.Pin();

        snapshot.Copy()["event"].ShouldBe(1);
    }

    private static void Refuse(DuckDBConnection connection) => connection.Execute(
        "INSERT INTO refused_merge (project_id, kind, first_id, second_id, reason, refused_at) VALUES (1, 'merge', 'a', 'b', 'r', '2026-01-01')");

    private static NewEvent Event(string who) => new()
    {
        ProjectId = 1,
        Name = "did",
        DistinctId = who,
        Time = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc),
        InsertId = "1",
        Properties = "{}"u8.ToArray(),
        ReceivedAt = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc),
    };
}
