using Muster.Syncs.Delivery;

namespace Muster.Iterable.Calls;

/// <summary>Counts the work of one destination, from many calls at once.</summary>
internal sealed class DeliveryCounter
{
    private int _retries;
    private long _bytes;

    /// <summary>What was done so far.</summary>
    public DeliveryTotals Totals => new(Volatile.Read(ref _retries), Volatile.Read(ref _bytes));

    /// <summary>A call is tried again.</summary>
    public void Retried() => Interlocked.Increment(ref _retries);

    /// <summary>A body goes out.</summary>
    public void Sent(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
