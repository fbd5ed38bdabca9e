using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Warehouse.DuckDb.People;

namespace Muster.Warehouse.DuckDb.Retention;

/// <summary>Lets go of events older than they are to be kept, every hour, if the settings say so.</summary>
/// <remarks>
/// In pieces, with rests between them: each is a write among those of ingestion, and holds it up for some milliseconds.
/// An id that is left without event and profile goes too, as it must not count as someone who did not do a thing.
/// </remarks>
internal sealed class EventRetention(DuckDbStore store, DuckDbPeople people, WarehouseOptions options, TimeProvider clock, ILogger<EventRetention> logger)
    : BackgroundService
{
    private const int EventsAtOnce = 10_000;
    private const int IdsAtOnce = 10_000;

    // Of the time that ingestion has for itself, a fifth at most.
    private const int RestsTimes = 4;

    private const string Nobodies = """
        SELECT user_id FROM identity
        EXCEPT SELECT user_id FROM event
        EXCEPT SELECT user_id FROM profile
        EXCEPT SELECT user_id FROM alias
        EXCEPT SELECT canonical_id FROM alias
        EXCEPT SELECT user_id FROM identity_use
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Applies it once.</summary>
    /// <returns>How many events went.</returns>
    public async Task<long> ApplyAsync(CancellationToken cancellationToken)
    {
        if (options.EventRetention is not { } kept)
        {
            return 0;
        }

        var before = (clock.GetUtcNow() - kept).UtcDateTime;
        long gone = 0;
        for (var piece = EventsAtOnce; piece == EventsAtOnce; gone += piece)
        {
            piece = await WriteAsync(new PeopleWrite.EventsBefore(before, EventsAtOnce), cancellationToken);
        }

        if (gone > 0)
        {
            // Found outside of the writer, which makes sure of them: one of them may do something meanwhile.
            foreach (var ids in FindNobodies().Chunk(IdsAtOnce))
            {
                await WriteAsync(new PeopleWrite.Nobodies([.. ids]), cancellationToken);
            }

            Log.EventsAged(logger, gone, kept.TotalDays);
        }

        return gone;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.EventRetention is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await ApplyAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever broke is shown; without a catch no event would ever go again.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.EventRetentionBroke(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> WriteAsync(PeopleWrite.Ageing write, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await people.WriteAsync(write, cancellationToken);
        await Task.Delay(clock.GetElapsedTime(started) * RestsTimes, clock, cancellationToken);
        return write.Rows;
    }

    private List<int> FindNobodies()
    {
        using var connection = store.Open();
        return connection.Query(Nobodies, reader => reader.GetInt32(0));
    }
}
