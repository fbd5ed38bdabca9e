using System.Globalization;

namespace Muster.Host.Demo;

/// <summary>
/// What people do while the demo runs: the sample's own events as their time comes, and some who become power users,
/// some who leave, some who come back and some who sign up, so that the dynamic sync has something to do.
/// </summary>
internal sealed class LiveTraffic(SampleLoader loader, IReadOnlyList<SamplePerson> people, TimeProvider clock)
{
    private const double Regular = 0.1;
    private const double Eager = 0.5;

    /// <summary>How many stay away before the first of them come back.</summary>
    private const int MostAway = 20;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(4);

    private readonly List<SamplePerson> _regulars = [.. people.Where(p => p.OpensADay is > Regular and < Eager)];
    private readonly List<SamplePerson> _eager = [.. people.Where(p => p.OpensADay > Eager)];
    private readonly Queue<SamplePerson> _away = new();

    /// <summary>Goes on until cancelled.</summary>
    /// <param name="since">Until when the sample's events are loaded.</param>
    /// <param name="progress">Told until when they are, each time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task GoOnAsync(DateTimeOffset since, Action<DateTimeOffset> progress, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pace, clock);
        for (var round = 0; await timer.WaitForNextTickAsync(cancellationToken); round++)
        {
            var now = clock.GetUtcNow();
            await loader.TrackAsync(SampleEvent.Between(people, since, now), cancellationToken);
            since = now;
            progress(since);

            var dice = new Dice(now.ToUnixTimeMilliseconds(), round);
            await loader.TrackAsync(CatchingUp(dice.Of(_regulars), now), cancellationToken);
            var leaving = dice.Of(_eager);
            await loader.SetAsync(leaving, DemoCohorts.AccountStatus, DemoCohorts.Closed, cancellationToken);
            _away.Enqueue(leaving);
            if (_away.Count > MostAway)
            {
                await loader.SetAsync(_away.Dequeue(), DemoCohorts.AccountStatus, DemoCohorts.Open, cancellationToken);
            }

            if (round % 3 == 0)
            {
                var newcomer = SamplePerson.Newcomer(now);
                await loader.EngageAsync([newcomer], cancellationToken);
                await loader.TrackAsync([Live(newcomer, "Signed Up", now, 0)], cancellationToken);
            }
        }
    }

    // A phone that was offline for three days sends what it kept: that makes a power user at once.
    private static IEnumerable<SampleEvent> CatchingUp(SamplePerson person, DateTimeOffset now) =>
        Enumerable.Range(0, DemoCohorts.PowerOpens).Select(i => Live(person, "Opened App", now - TimeSpan.FromHours(7 * i), i));

    private static SampleEvent Live(SamplePerson person, string name, DateTimeOffset time, int number) => new()
    {
        Name = name,
        DistinctId = person.Id,
        Time = time,
        InsertId = string.Create(CultureInfo.InvariantCulture, $"live-{time.ToUnixTimeMilliseconds():x}-{number:x}"),
        Properties = [("$os", "Android")],
    };
}
