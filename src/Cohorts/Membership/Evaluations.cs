using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Membership;

/// <summary>Where cohorts are computed for someone who waits: a few at a time, each within a limit of time and memory, ended when nobody waits any more.</summary>
internal sealed class Evaluations(DuckDbStore store, ReadingMemory memory, CohortOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.AtOnce);

    /// <summary>Runs statements on a connection of their own.</summary>
    /// <exception cref="EvaluationException">A limit was reached.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more; the engine was interrupted.</exception>
    public async Task<T> RunAsync<T>(Func<DuckDBConnection, T> statements, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            using var limit = new CancellationTokenSource(options.TimeLimit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            return Run(statements, either.Token, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    // DuckDB answers on the calling thread; a cancellation interrupts it there.
    private T Run<T>(Func<DuckDBConnection, T> statements, CancellationToken ended, CancellationToken canceled)
    {
        canceled.ThrowIfCancellationRequested();
        using var question = memory.Ask();
        using var connection = store.Open();
        using var registration = ended.Register(() => NativeMethods.Startup.DuckDBInterrupt(connection.NativeConnection));
        try
        {
            return statements(connection);
        }
        // The driver says an interruption in one way or the other.
        catch (Exception e) when (ended.IsCancellationRequested && (e is DuckDBException or OperationCanceledException))
        {
            canceled.ThrowIfCancellationRequested();
            throw new EvaluationException(
                "evaluation_too_slow",
                $"The members were not found within {options.TimeLimit.TotalSeconds:0} seconds, so the question was ended. Give its event conditions shorter windows, or ask again when less is going on.", e);
        }
        catch (DuckDBException e) when (e.ErrorType == DuckDBErrorType.OutOfMemory)
        {
            throw new EvaluationException(
                "evaluation_too_large",
                "The question needs more memory than one may have. Give its event conditions shorter windows or fewer distinct values, or ask again when less is going on.", e);
        }
    }
}
