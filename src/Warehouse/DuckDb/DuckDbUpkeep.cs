using DuckDB.NET.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Warehouse.DuckDb.People;

namespace Muster.Warehouse.DuckDb;

/// <summary>Looks after the store while the program runs: has it read what it keeps in memory at start, moves its log into the file when nobody writes, and takes lent memory back.</summary>
/// <remarks>
/// The store itself does so when the log has grown long, in the middle of writes. Opening after a crash reads the whole
/// log again, so a quiet moment is used before.
/// </remarks>
internal sealed class DuckDbUpkeep(DuckDbStore store, DuckDbPeople people, TimeProvider clock, ILogger<DuckDbUpkeep> logger) : BackgroundService
{
    private const long LeastLogBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long _lastLength;

    /// <summary>Moves the log into the file if it is worth it and did not grow since the last call.</summary>
    /// <param name="leastBytes">From which size on it is.</param>
    /// <returns>Whether it was done.</returns>
    public bool CheckpointIfIdle(long leastBytes = LeastLogBytes)
    {
        var log = new FileInfo($"{store.FilePath}.wal");
        var length = log.Exists ? log.Length : 0;
        var idle = length == _lastLength;
        _lastLength = length;
        if (!idle || length < leastBytes)
        {
            return false;
        }

        try
        {
            using var connection = store.Open();
            DuckDbStore.Execute(connection, "CHECKPOINT");
            return true;
        }
        catch (DuckDBException e)
        {
            // A write came in between: it is not a quiet moment after all.
            logger.CheckpointPutOff(e);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Made by being asked for; it reads in the background.
        _ = people;
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            CheckpointIfIdle();
            store.TakeBackMemory();
        }
    }
}
