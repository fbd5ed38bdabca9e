using DuckDB.NET.Data;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse.DuckDb.GroupProfiles;

/// <summary>Profiles of groups in DuckDB, through a writer of their own: they share no row with people.</summary>
internal sealed class DuckDbGroupProfiles(DuckDbStore store) : IGroupProfileStore, IAsyncDisposable
{
    private const int LargestGroup = 4096;

    private readonly GroupWriter<GroupProfileWrite> _writer = new(store, new GroupProfileWork(), LargestGroup);

    public async Task<IReadOnlyList<ProfileOutcome>> ApplyAsync(IReadOnlyList<GroupUpdate> updates, CancellationToken cancellationToken)
    {
        if (updates.Count == 0)
        {
            return [];
        }

        var write = new GroupProfileWrite(updates);
        try
        {
            await _writer.WriteAsync(write, cancellationToken);
        }
        catch (DuckDBException e)
        {
            throw new WarehouseUnavailableException("The store could not commit this write; nothing of it was stored. Send it again in a moment.", e);
        }

        return write.Outcomes;
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}

/// <summary>What one call wants written. Its outcomes are set each time it is applied, and true after the commit.</summary>
internal sealed class GroupProfileWrite(IReadOnlyList<GroupUpdate> updates)
{
    public IReadOnlyList<GroupUpdate> Updates { get; } = updates;

    public ProfileOutcome[] Outcomes { get; } = new ProfileOutcome[updates.Count];
}
