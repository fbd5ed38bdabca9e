using DuckDB.NET.Data;

namespace Muster.Cohorts.Membership;

/// <summary>The rows of a statement as they come from the store.</summary>
public sealed class EvaluatedRows : IDisposable
{
    private readonly Evaluations _evaluations;
    private readonly IDisposable _memory;
    private readonly DuckDBConnection _connection;
    private readonly CancellationToken _canceled;
    private DuckDBCommand? _command;
    private DuckDBDataReader? _reader;
    private bool _firstIsWaiting;
    private bool _hasFirst;

    internal EvaluatedRows(Evaluations evaluations, IDisposable memory, DuckDBConnection connection, CancellationToken canceled)
    {
        _evaluations = evaluations;
        _memory = memory;
        _connection = connection;
        _canceled = canceled;
    }

    /// <summary>The row that <see cref="Next"/> went to.</summary>
    public DuckDBDataReader Row => _reader!;

    /// <summary>Goes to the next row; false when there are no more.</summary>
    /// <exception cref="EvaluationException">There is not enough memory to go on.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public bool Next()
    {
        if (_firstIsWaiting)
        {
            _firstIsWaiting = false;
            return _hasFirst;
        }

        return _evaluations.Step(_connection, _reader!.Read, _canceled, _canceled);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reader?.Dispose();
        _command?.Dispose();
        _connection.Dispose();
        _memory.Dispose();
    }

    internal void Begin(Func<DuckDBConnection, DuckDBCommand> statement, CancellationToken ended)
    {
        _command = statement(_connection);
        _command.UseStreamingMode = true;
        _hasFirst = _evaluations.Step(_connection, () =>
        {
            _reader = _command.ExecuteReader();
            return _reader.Read();
        }, ended, _canceled);
        _firstIsWaiting = true;
    }
}
