namespace Muster.Syncs.Delivery;

/// <summary>Sends batches with as many calls under way as are wanted at that moment.</summary>
internal static class BatchFlow
{
    /// <summary>Sends every batch; the first failure ends it, and so does a cancellation, but not before every call under way has ended.</summary>
    /// <param name="batches">What is to be sent; read one at a time, as there is room.</param>
    /// <param name="callsWanted">How many calls may be under way; asked anew for each batch.</param>
    /// <param name="send">Makes one call.</param>
    /// <param name="cancellationToken">Begins no further call.</param>
    public static async Task SendAllAsync(
        IAsyncEnumerable<ListBatch> batches, Func<int> callsWanted, Func<ListBatch, Task> send, CancellationToken cancellationToken)
    {
        var underWay = new List<Task>();
        try
        {
            await foreach (var batch in batches.WithCancellation(cancellationToken))
            {
                // Not on this thread: making a body takes a while, and the next batch can be read meanwhile.
                underWay.Add(Task.Run(() => send(batch), CancellationToken.None));
                while ((underWay.Count < callsWanted() ? underWay.Find(call => call.IsCompleted) : await Task.WhenAny(underWay)) is { } ended)
                {
                    underWay.Remove(ended);
                    await ended;
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            await Task.WhenAll(underWay);
        }
        finally
        {
            await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
