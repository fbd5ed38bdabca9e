using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Bench.Push;

/// <summary>Writes people into the warehouse file of a stopped program: ten million of them over HTTP would take an hour.</summary>
internal static class PreparedPeople
{
    private const string Identities = """
        INSERT INTO identity SELECT i, $project, 'person-' || i FROM range($from, $to) t(i)
        """;

    private const string Profiles = """
        INSERT INTO profile (user_id, project_id, properties, email)
        SELECT i, $project, '{"$email":"person.' || i || '@customers.example.com","plan":"pro"}', 'person.' || i || '@customers.example.com'
        FROM range($from, $to) t(i)
        """;

    // Spread evenly over all people, as a change of behaviour is.
    private const string Leave = "DELETE FROM profile WHERE user_id % 100 = 7 AND user_id < $to";

    /// <summary>Makes the people with the numbers from 1.</summary>
    public static void Make(string folder, int projectId, int people) => Write(folder, connection => Add(connection, projectId, 1, people + 1));

    /// <summary>Has one percent of them leave and as many others come.</summary>
    public static void Churn(string folder, int projectId, int people) => Write(folder, connection =>
    {
        connection.Execute(Leave, ("to", people + 1));
        Add(connection, projectId, people + 1, people + 1 + (people / 100));
    });

    private static void Add(DuckDB.NET.Data.DuckDBConnection connection, int projectId, int from, int to)
    {
        connection.Execute(Identities, ("project", projectId), ("from", from), ("to", to));
        connection.Execute(Profiles, ("project", projectId), ("from", from), ("to", to));
    }

    private static void Write(string folder, Action<DuckDB.NET.Data.DuckDBConnection> work)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 2048 });
        using var connection = store.Open();
        work(connection);
        connection.Execute("CHECKPOINT");
    }
}
