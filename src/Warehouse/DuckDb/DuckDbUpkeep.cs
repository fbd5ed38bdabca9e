using DuckDB.NET.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Warehouse.DuckDb.People;

namespace Muster.Warehouse.DuckDb;

/// <summary>Looks after the store while the program runs: has it read what it keeps in memory at start, moves its log into the file when nobody writes or when it has grown long, and takes lent memory back.</summary>
/// <remarks>
/// Moved from here, a long log holds up commits only while rows of their own table are written, a fraction of a second. When
/// the engine did so itself, at the end of a commit, everybody would wait for all of it. Opening after a crash reads the
/// whole log again, so a quiet moment is used before it is long.
/// </remarks>
internal sealed class DuckDbUpkeep(DuckDbStore store, DuckDbPeople people, TimeProvider clock, ILogger<DuckDbUpkeep> logger) : BackgroundService
{
    private const long LeastLogBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUntidy = TimeSpan.FromHours(1);

    private long _lastLength;
    private long _tidied = clock.GetTimestamp();

    /// <summary>Moves the log into the file if it is worth it and did not grow since the last call.</summary>
    /// <param name="leastBytes">From which size on it is.</param>
    /// <returns>Whether it was done.</returns>
    public bool CheckpointIfIdle(long leastBytes = LeastLogBytes)
    {
        var length = store.LogLength;
        var idle = length == _lastLength;
        _lastLength = length;
        return idle && length >= leastBytes && TryTidy();
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
            var done = store.LogIsLong && await MoveLogAsync(stoppingToken);
            if (!done)
            {
                // A run may delete rows for minutes: the commits beside it must not have this tried again and again.
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    // While somebody reads what was before the last commit, the engine moves the log without tidying up what was deleted,
    // for which nobody might write meanwhile: that takes up to a second. It is left to quiet moments, or done once an hour.
    private async Task<bool> MoveLogAsync(CancellationToken stoppingToken)
    {
        if (clock.GetElapsedTime(_tidied) > LongestUntidy)
        {
            return await InThreadAsync(TryTidy);
        }

        try
        {
            using var reader = store.Open();
            using var before = reader.BeginTransaction();
            reader.Query("SELECT count(*) FROM schema_migration", r => r.GetInt64(0));
            await SeeCommitAsync(stoppingToken);
            return await InThreadAsync(TryCheckpoint);
        }
        catch (DuckDBException e)
        {
            // Memory is short, say: the next commit or quiet moment is another chance.
            logger.CheckpointPutOff(e);
            return false;
        }

        // A thread of the pool would be missed by requests.
        static Task<bool> InThreadAsync(Func<bool> work) =>
            Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private async Task SeeCommitAsync(CancellationToken stoppingToken)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        quiet.CancelAfter(LongestQuiet);
        try
        {
            // The first may tell of one that was made before.
            for (var i = 0; i < 2; i++)
            {
                store.LongLog.TryRead(out _);
                await store.LongLog.WaitToReadAsync(quiet.Token);
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Nobody writes, so nobody will be held up.
        }
    }

    private bool TryTidy()
    {
        var done = TryCheckpoint();
        _tidied = done ? clock.GetTimestamp() : _tidied;
        return done;
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
