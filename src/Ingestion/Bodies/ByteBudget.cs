namespace Muster.Ingestion.Bodies;

/// <summary>The memory that all request bodies share. It bounds the queue before the store: what waits there still holds its body.</summary>
internal sealed class ByteBudget(IngestionOptions options)
{
    private long _free = options.MaxBytesInFlight;

    /// <summary>Takes bytes; false when there are not enough, and then none are taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _free, -bytes) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _free, bytes);
        return false;
    }

    /// <summary>Gives them back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _free, bytes);
}
