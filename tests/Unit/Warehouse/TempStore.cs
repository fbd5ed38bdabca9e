using DuckDB.NET.Data;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.DuckDb.People;

namespace Muster.Tests.Unit.Warehouse;

/// <summary>A warehouse in a folder of its own, which can be closed and opened again.</summary>
internal sealed class TempStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-test").FullName;

    public TempStore()
    {
        Store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        People = new DuckDbPeople(Store);
    }

    public DuckDbStore Store { get; private set; }

    public DuckDbPeople People { get; private set; }

    public async Task ReopenAsync()
    {
        await People.DisposeAsync();
        Store.Dispose();
        Store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        People = new DuckDbPeople(Store);
    }

    /// <summary>The rows of a query, each with its values joined by a bar, null as nothing.</summary>
    public List<string> Rows(string sql)
    {
        using var connection = Store.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : Text(reader, i))));
        }

        return rows;
    }

    public long Number(string sql) => long.Parse(Rows(sql).Single(), null);

    public async ValueTask DisposeAsync()
    {
        await People.DisposeAsync();
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(DuckDBDataReader reader, int i) => reader.GetValue(i) switch
    {
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", null),
        var value => Convert.ToString(value, null)!,
    };
}
