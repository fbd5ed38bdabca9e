using System.Runtime.CompilerServices;

namespace Muster.Host.Import;

/// <summary>Imports a file from where an earlier run has left it.</summary>
/// <remarks>
/// Records are read in the order of the file, sent in windows of a few batches, and counted as dealt with when the whole
/// window is acknowledged: first the refused ones go to their list, then the state is written. Killed anywhere, the next
/// run sends at most the last window again.
/// </remarks>
internal sealed class Importer(IRecordShape shape, BatchSender sender, RefusedRecords refused, ImportProgress progress, string? statePath)
{
    private const int BatchRecords = 2000;
    private const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>Imports what is left.</summary>
    /// <returns>The state at the end of the file.</returns>
    public async Task<ImportState> RunAsync(IAsyncEnumerable<SourceRecord> records, ImportState state, CancellationToken cancellationToken)
    {
        await using var rest = Rest(records, state.Records, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await progress.AtAsync(state.Records);

        // While a window is on its way the next one is read.
        var next = await WindowAsync(rest);
        while (next.Count > 0)
        {
            var window = next;
            var reading = WindowAsync(rest);
            try
            {
                state = await SendAsync(window, state, cancellationToken);
            }
            finally
            {
                next = await reading;
            }

            Save(state);
            await progress.AtAsync(state.Records);
        }

        state = state with { Finished = true };
        Save(state);
        return state;
    }

    private static async IAsyncEnumerable<SourceRecord> Rest(
        IAsyncEnumerable<SourceRecord> records, long done, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            if (--done < 0)
            {
                yield return record;
            }
        }
    }

    private async Task<List<List<SourceRecord>>> WindowAsync(IAsyncEnumerator<SourceRecord> records)
    {
        var window = new List<List<SourceRecord>>();
        while (window.Count < shape.AtOnce && await BatchAsync(records) is { Count: > 0 } batch)
        {
            window.Add(batch);
        }

        return window;
    }

    private async Task<List<SourceRecord>> BatchAsync(IAsyncEnumerator<SourceRecord> records)
    {
        var batch = new List<SourceRecord>();
        var bytes = 0L;
        while (batch.Count < BatchRecords && bytes < BatchBytes && await records.MoveNextAsync())
        {
            var record = records.Current;
            record = record.Fault is null ? shape.Shape(record) : record;
            bytes += record.Bytes.Length;
            batch.Add(record);
        }

        return batch;
    }

    private async Task<ImportState> SendAsync(List<List<SourceRecord>> window, ImportState state, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(window.Select(batch => sender.SendAsync([.. batch.Where(r => r.Fault is null)], cancellationToken)));
        List<SourceRecord> faulty = [.. window.Zip(answers).SelectMany(w => w.First.Where(r => r.Fault is not null).Concat(w.Second).OrderBy(r => (r.Line, r.Index)))];
        await refused.AddAsync(faulty, cancellationToken);
        var records = window.Sum(batch => batch.Count);
        return state with
        {
            Records = state.Records + records,
            Imported = state.Imported + records - faulty.Count,
            Refused = state.Refused + faulty.Count,
            RefusedBytes = refused.Bytes,
        };
    }

    private void Save(ImportState state)
    {
        if (statePath is not null)
        {
            state.Write(statePath);
        }
    }
}
