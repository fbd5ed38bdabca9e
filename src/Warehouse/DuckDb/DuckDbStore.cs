using System.Globalization;
using System.Threading.Channels;
using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb;

/// <summary>
/// The one DuckDB file of this process: opens it, brings its schema up to date, and hands out connections.
/// </summary>
/// <remarks>
/// A file can be open in one process only. Connections share one engine; a stream needs a connection of its own,
/// because a second command on it ends the stream.
/// </remarks>
public sealed class DuckDbStore : IDisposable
{
    // Past the threshold a commit moves the log into the file itself, and everybody waits for it. DuckDbUpkeep does so
    // much earlier, from a connection of its own, while commits go on; this is for when it could not.
    private const string Settings = """
        SET checkpoint_threshold = '512MB';
        SET preserve_insertion_order = true;
        SET TimeZone = 'UTC';
        SET allocator_background_threads = true;
        """;

    private const string Journal = """
        CREATE TABLE IF NOT EXISTS schema_migration (name VARCHAR PRIMARY KEY, applied_at TIMESTAMP NOT NULL DEFAULT current_timestamp);
        """;

    private const string MigrationsFolder = "Muster.Warehouse.DuckDb.Migrations.";

    // Work that needs less has little to gain.
    private const long LeastKept = 256;
    private const long MostKept = 1024;

    // What is in the log stays in memory, and all of it is read again when the file is opened after a crash. Events wait
    // while those before them are moved into the file: 0.1-0.2 s for this much, of which acknowledgements at 50,000 events
    // a second have a p99 of 160-200 ms; with 64 MB it was 480.
    private const long LongLogBytes = 12 * 1024 * 1024;

    private readonly Channel<bool> _longLog = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly string _connectionString;
    private readonly Lock _limit = new();
    private readonly long _memory;
    private long _lent;
    private long _kept;
    private bool _limitIsHigh;

    // Keeps the engine alive between commands: DuckDB closes the file with its last connection.
    private readonly DuckDBConnection _anchor;

    /// <summary>Opens the file, made when missing, and applies the migrations it lacks.</summary>
    /// <exception cref="WarehouseUnavailableException">The file cannot be opened: held by another process, unreadable or newer than this program.</exception>
    public DuckDbStore(WarehouseOptions options)
    {
        Directory.CreateDirectory(options.DataDir);
        FilePath = Path.Combine(options.DataDir, "warehouse.duckdb");
        _memory = options.MemoryLimitMiB;
        _connectionString = string.Create(CultureInfo.InvariantCulture, $"Data Source={FilePath};memory_limit={_memory}MiB");
        _anchor = new DuckDBConnection(_connectionString);
        try
        {
            _anchor.Open();
            Execute(_anchor, Settings);
            Migrate();
        }
        catch (DuckDBException e)
        {
            _anchor.Dispose();
            throw new WarehouseUnavailableException(
                $"The warehouse file {FilePath} cannot be opened: {e.Message} Is another muster process using this data folder?", e);
        }
    }

    /// <summary>The migrations that this version knows, in their order.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        .. typeof(DuckDbStore).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(MigrationsFolder, StringComparison.Ordinal))
            .Select(n => n[MigrationsFolder.Length..]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The database file.</summary>
    public string FilePath { get; }

    /// <summary>How long the log is, in bytes.</summary>
    internal long LogLength => new FileInfo($"{FilePath}.wal") is { Exists: true } log ? log.Length : 0;

    /// <summary>Whether it should be moved into the file now.</summary>
    internal bool LogIsLong => LogLength >= LongLogBytes;

    /// <summary>Has something to read when the log has grown long.</summary>
    internal ChannelReader<bool> LongLog => _longLog.Reader;

    /// <summary>A writer has committed.</summary>
    internal void NoteCommit()
    {
        if (LogIsLong)
        {
            _longLog.Writer.TryWrite(true);
        }
    }

    /// <summary>A new open connection; the caller disposes it.</summary>
    public DuckDBConnection Open()
    {
        var connection = new DuckDBConnection(_connectionString);
        connection.Open();
        return connection;
    }

    /// <summary>Lets the engine keep more in memory until what is returned is disposed: for work whose size is known beforehand.</summary>
    /// <param name="mebibytes">How much more than usual, in MiB.</param>
    public IDisposable LendMemory(long mebibytes)
    {
        Lend(mebibytes);
        return new Loan(this, mebibytes);
    }

    /// <summary>
    /// Lets blocks that large work has read and dropped stay with the process for the next of its kind, for good: fetching
    /// each anew from the system makes the plan of a run over ten million people take 1.6 s instead of 1.3 s.
    /// </summary>
    /// <param name="mebibytes">How much the work needs, in MiB. Below 256 nothing is kept, and never more than 1,024.</param>
    public void KeepBlocks(long mebibytes)
    {
        var wanted = Math.Min(mebibytes, MostKept);
        lock (_limit)
        {
            if (wanted < LeastKept || wanted <= _kept)
            {
                return;
            }

            // The engine takes back neither the memory nor a smaller number; once refused, it is not asked again.
            _kept = wanted;
            try
            {
                using var connection = Open();
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"SET block_allocator_memory = '{wanted}MiB'"));
            }
            catch (DuckDBException)
            {
                // Slower, and nothing else.
            }
        }
    }

    /// <summary>Tries again to bring the engine down to what it may keep, if it could not let go of enough when a loan ended.</summary>
    public void TakeBackMemory()
    {
        lock (_limit)
        {
            if (_limitIsHigh)
            {
                SetLimit();
            }
        }
    }

    /// <summary>Runs a statement without parameters or result.</summary>
    public static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc />
    public void Dispose() => _anchor.Dispose();

    private void Lend(long mebibytes)
    {
        lock (_limit)
        {
            _lent += mebibytes;
            SetLimit();
        }
    }

    private void SetLimit()
    {
        try
        {
            using var connection = Open();
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"SET memory_limit = '{_memory + _lent}MiB'"));
            _limitIsHigh = false;
        }
        catch (DuckDBException)
        {
            // What others hold right now is more than the new limit: it stays as it was until TakeBackMemory.
            _limitIsHigh = true;
        }
    }

    private void Migrate()
    {
        Execute(_anchor, Journal);
        var applied = new HashSet<string>(StringComparer.Ordinal);
        using (var command = _anchor.CreateCommand())
        {
            command.CommandText = "SELECT name FROM schema_migration";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                applied.Add(reader.GetString(0));
            }
        }

        foreach (var name in Migrations.Where(m => !applied.Contains(m)))
        {
            using var stream = typeof(DuckDbStore).Assembly.GetManifestResourceStream(MigrationsFolder + name)!;
            using var text = new StreamReader(stream);
            using var transaction = _anchor.BeginTransaction();
            Execute(_anchor, text.ReadToEnd());
            using (var command = _anchor.CreateCommand())
            {
                command.CommandText = "INSERT INTO schema_migration (name) VALUES ($name)";
                command.Parameters.Add(new DuckDBParameter("name", name));
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    private sealed class Loan(DuckDbStore store, long mebibytes) : IDisposable
    {
        private long _mebibytes = mebibytes;

        public void Dispose() => store.Lend(-Interlocked.Exchange(ref _mebibytes, 0));
    }
}
