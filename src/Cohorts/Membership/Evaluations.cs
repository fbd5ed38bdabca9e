using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Membership;

/// <summary>Where cohorts and queries are computed for someone who waits: a few at a time, each within a limit of time and memory, ended when nobody waits any more.</summary>
/// <param name="store">The store asked.</param>
/// <param name="memory">What it may keep while it is asked.</param>
/// <param name="options">The limits.</param>
/// <param name="clock">Measures them.</param>
public sealed class Evaluations(DuckDbStore store, ReadingMemory memory, CohortOptions options, TimeProvider clock) : IDisposable
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

    /// <summary>Begins a statement whose rows are taken as they come, on a connection of its own. The limit of time holds until the first row is there, and so does its turn: who takes the rows slowly keeps nobody waiting.</summary>
    /// <param name="statement">Makes the command; it is read as a stream.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <exception cref="EvaluationException">A limit was reached.</exception>
    public async Task<EvaluatedRows> BeginAsync(Func<DuckDBConnection, DuckDBCommand> statement, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            using var limit = new CancellationTokenSource(options.TimeLimit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var rows = new EvaluatedRows(this, memory.Ask(), store.Open(), cancellationToken);
            try
            {
                rows.Begin(statement, either.Token);
                return rows;
            }
            catch
            {
                rows.Dispose();
                throw;
            }
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

    /// <summary>Runs a step of a statement; a cancellation interrupts it, and a limit that was reached is said as one.</summary>
    internal T Step<T>(DuckDBConnection connection, Func<T> step, CancellationToken ended, CancellationToken canceled)
    {
        // DuckDB answers on the calling thread; the cancellation comes from another.
        using var registration = ended.Register(() => NativeMethods.Startup.DuckDBInterrupt(connection.NativeConnection));
        try
        {
            // The engine forgets an interruption that comes before its statement.
            ended.ThrowIfCancellationRequested();
            return step();
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

    private T Run<T>(Func<DuckDBConnection, T> statements, CancellationToken ended, CancellationToken canceled)
    {
        canceled.ThrowIfCancellationRequested();
        using var question = memory.Ask();
        using var connection = store.Open();
        return Step(connection, () => statements(connection), ended, canceled);
    }
}
