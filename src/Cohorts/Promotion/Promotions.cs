using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Promotion;

/// <summary>Gives properties a column of their own, and takes it back.</summary>
internal sealed class Promotions(PromotedProperties promoted, IBetweenWrites writer, TimeProvider clock) : IDisposable
{
    /// <summary>More columns of one project would make every row's filling long.</summary>
    public const int Most = 16;

    private const string Number = "SELECT nextval('promoted_property_number')::INTEGER";

    private const string Insert = """
        INSERT INTO promoted_property (number, project_id, kept_in, name, reason, promoted_at)
        VALUES ($number, $project, $table, $name, $reason, $now)
        """;

    private const string Demote = "UPDATE promoted_property SET demoted_at = $now WHERE number = $number AND demoted_at IS NULL";

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Promotes a property; its rows are filled in the background, and then it is read.</summary>
    /// <returns>The promotion, also when there was one already; null: the project has as many as it may.</returns>
    public async Task<PromotedProperty?> PromoteAsync(PropertyKey key, string reason, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var known = promoted.List().Where(p => p.DemotedAt is null && p.Key.ProjectId == key.ProjectId && p.Key.Owner == key.Owner).ToList();
            if (known.Find(p => p.Key == key) is { } already)
            {
                return already;
            }

            if (known.Count >= Most)
            {
                return null;
            }

            var now = clock.GetUtcNow();
            var property = new PromotedProperty { Number = 0, Key = key, Reason = reason, PromotedAt = now };
            await writer.RunAsync(connection =>
            {
                property = property with { Number = connection.Query(Number, r => r.GetInt32(0))[0] };
                connection.Execute($"ALTER TABLE {property.Table} ADD COLUMN IF NOT EXISTS promoted_through INTEGER DEFAULT 0");
                connection.Execute($"ALTER TABLE {property.Table} ADD COLUMN {property.Column} VARCHAR");
                connection.Execute(
                    Insert, ("number", property.Number), ("project", key.ProjectId), ("table", property.Table), ("name", key.Name),
                    ("reason", reason), ("now", now.UtcDateTime));
            }, CancellationToken.None);
            return property;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes a promotion back: from now on the JSON is read again, and the column goes in a while.</summary>
    public async Task DemoteAsync(int number, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow().UtcDateTime;
            await writer.RunAsync(connection => connection.Execute(Demote, ("number", number), ("now", now)), CancellationToken.None);
            promoted.Changed();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();
}
