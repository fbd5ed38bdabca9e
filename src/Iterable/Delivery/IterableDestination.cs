using Muster.Iterable.Calls;
using Muster.Iterable.Pacing;
using Muster.Iterable.Wire;
using Muster.Syncs.Delivery;

namespace Muster.Iterable.Delivery;

/// <summary>One connection's Iterable project, open for one run.</summary>
internal sealed class IterableDestination(IterableClient client, ConnectionLane lane, DeliveryCounter counter) : IListDestination
{
    public DeliveryTotals Totals => counter.Totals;

    public int CallsWanted => lane.Window.Size;

    public async Task<long?> FindListAsync(string name, CancellationToken cancellationToken) =>
        (await client.GetListsAsync(cancellationToken)).OldestStandard(name);

    public async Task<bool> HasListAsync(long listId, CancellationToken cancellationToken) =>
        (await client.GetListsAsync(cancellationToken)).Any(list => list.Id == listId);

    public Task<long> CreateListAsync(string name, CancellationToken cancellationToken) => client.CreateListAsync(name, cancellationToken);

    public async Task DeleteListAsync(long listId, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteListAsync(listId, cancellationToken);
        }
        catch (DestinationException e) when (e.ListIsGone)
        {
            // Which is what was wanted.
        }

        lane.Unmade(listId);
    }

    public Task<long> CountAsync(long listId, CancellationToken cancellationToken) => client.GetSizeAsync(listId, cancellationToken);

    public IAsyncEnumerable<string> ReadAsync(long listId, CancellationToken cancellationToken) => client.GetUsersAsync(listId, cancellationToken);

    public Task<Acknowledgement> SendAsync(ListBatch batch, CancellationToken cancellationToken) => client.SendAsync(batch, cancellationToken);
}
