using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Promotion;

/// <summary>The promoted properties as the store has them, and those of them that queries may read.</summary>
public sealed class PromotedProperties(DuckDbStore store)
{
    private const string All = """
        SELECT number, project_id, kept_in, name, reason, promoted_at, completed_at, bytes, demoted_at, dropped_at
        FROM promoted_property ORDER BY number
        """;

    private volatile Dictionary<PropertyKey, PromotedProperty>? _readable;

    /// <summary>All that there ever were, in the order of their promotion.</summary>
    internal IReadOnlyList<PromotedProperty> List()
    {
        using var connection = store.Open();
        return connection.Query(All, Read);
    }

    /// <summary>The column that a query may read instead of the JSON; null: none.</summary>
    internal PromotedProperty? Find(PropertyKey key) => (_readable ??= Readable()).GetValueOrDefault(key);

    /// <summary>Something changed: what is known is read again.</summary>
    internal void Changed() => _readable = Readable();

    private Dictionary<PropertyKey, PromotedProperty> Readable() =>
        List().Where(p => p is { CompletedAt: not null, DemotedAt: null }).ToDictionary(p => p.Key);

    private static PromotedProperty Read(DuckDBDataReader row) => new()
    {
        Number = row.GetInt32(0),
        Key = new PropertyKey(row.GetInt32(1), row.GetString(2) == "event" ? PropertyOwner.Event : PropertyOwner.Profile, row.GetString(3)),
        Reason = row.GetString(4),
        PromotedAt = Utc(row.GetDateTime(5)),
        CompletedAt = row.IsDBNull(6) ? null : Utc(row.GetDateTime(6)),
        Bytes = row.IsDBNull(7) ? null : row.GetInt64(7),
        DemotedAt = row.IsDBNull(8) ? null : Utc(row.GetDateTime(8)),
        DroppedAt = row.IsDBNull(9) ? null : Utc(row.GetDateTime(9)),
    };

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
