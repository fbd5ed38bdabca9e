using DuckDB.NET.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Warehouse.DuckDb.People;

namespace Muster.Warehouse.DuckDb;

/// <summary>Looks after the store while the program runs: has it read what it keeps in memory at start, moves its log into the file when nobody writes or when it has grown long, and takes lent memory back.</summary>
/// <remarks>
/// Moved from here, a long log holds up no commit that only adds rows, as events do: the engine lets them go on
/// meanwhile. When it did so itself, at the end of a commit, everybody would wait for up to a second. Opening after a
/// crash reads the whole log again, so a quiet moment is used before it is long.
/// </remarks>
internal sealed class DuckDbUpkeep(DuckDbStore store, DuckDbPeople people, TimeProvider clock, ILogger<DuckDbUpkeep> logger) : BackgroundService
{
    private const long LeastLogBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private long _lastLength;

    /// <summary>Moves the log into the file if it is worth it and did not grow since the last call.</summary>
    /// <param name="leastBytes">From which size on it is.</param>
    /// <returns>Whether it was done.</returns>
    public bool CheckpointIfIdle(long leastBytes = LeastLogBytes)
    {
        var length = store.LogLength;
        var idle = length == _lastLength;
        _lastLength = length;
        return idle && length >= leastBytes && TryCheckpoint();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Made by being asked for; it reads in the background.
        _ = people;
        return Task.WhenAll(LookNowAndThenAsync(stoppingToken), ShortenAsync(stoppingToken));
    }

    private async Task LookNowAndThenAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            CheckpointIfIdle();
            store.TakeBackMemory();
        }
    }

    private async Task ShortenAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in store.LongLog.ReadAllAsync(stoppingToken))
        {
            // It takes a second: a thread of the pool would be missed by requests.
            var done = await Task.Factory.StartNew(
                () => store.LogIsLong && TryCheckpoint(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (!done)
            {
                // A run may delete rows for minutes: the commits beside it must not have this tried again and again.
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private bool TryCheckpoint()
    {
        try
        {
            using var connection = store.Open();
            DuckDbStore.Execute(connection, "CHECKPOINT");
            return true;
        }
        catch (DuckDBException e)
        {
            // A write that does more than add rows is under way; the next commit or quiet moment is another chance.
            logger.CheckpointPutOff(e);
            return false;
        }
    }
}
