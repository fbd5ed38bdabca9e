using Muster.Tests.Unit.Warehouse;
using Muster.Usage.Mtu;
using Muster.Warehouse.Events;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Usage;

public sealed class MtuCountTests : IAsyncDisposable
{
    private const int Project = 1;

    private static readonly Month November = new(2026, 11);

    private readonly TempStore _store = new();
    private int _inserted;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Of_NoEvents_IsNothing()
    {
        var usage = Count(November);

        usage.Mtu.ShouldBe(0);
        usage.Guardrail.ShouldBeFalse();
        usage.ByEvent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_WorkedExample_IsAsTheGuideSays()
    {
        await AddAsync(
            E("Purchase", "anna"), E("Purchase", "anna"), E("emailSend", "anna", "iterable"),
            E("emailSend", "ben", "iterable"), E("emailOpen", "ben", "iterable"),
            E("emailSend", "cleo", "iterable"), E("emailBounce", "cleo", "iterable"),
            E("emailSend", "dora"),
            E("$identify", "emil"),
            E("Visit", ""), E("emailSend", "", "iterable"));

        var usage = Count(November);

        usage.ShouldSatisfyAllConditions(
            u => u.Month.ShouldBe("2026-11"),
            u => u.Mtu.ShouldBe(3),
            u => u.Users.ShouldBe(3),
            u => u.QualifyingEvents.ShouldBe(4),
            u => u.ExemptEvents.ShouldBe(4),
            u => u.ExemptUsersSaved.ShouldBe(1),
            u => u.Guardrail.ShouldBeFalse());
        usage.ByEvent.ShouldBe(
        [
            new EventUsage("emailSend", "iterable", 3, 3, false),
            new EventUsage("$identify", null, 1, 1, false),
            new EventUsage("Purchase", null, 1, 2, true),
            new EventUsage("emailBounce", "iterable", 1, 1, false),
            new EventUsage("emailOpen", "iterable", 1, 1, true),
            new EventUsage("emailSend", null, 1, 1, true),
        ]);
    }

    [Fact]
    public void KindOf_TheSeventeen_AreExemptOnlyFromIterableAndOnlyInTheirSpelling()
    {
        string[] names =
        [
            "emailSend", "emailBounce", "emailComplaint", "emailSendSkip", "emailSubscribe", "emailUnSubscribe", "hostedUnsubscribeClick",
            "inAppSend", "inAppSendSkip", "pushBounce", "pushSend", "pushSendSkip", "smsBounce", "smsReceived", "smsSend", "smsSendSkip",
            "webPushSendSkip",
        ];
        foreach (var name in names)
        {
            QualifyingEvents.KindOf(name, "iterable").ShouldBe(EventKind.Exempt, name);
            QualifyingEvents.KindOf(name, null).ShouldBe(EventKind.Qualifying, name);
            QualifyingEvents.KindOf(name, "Iterable").ShouldBe(EventKind.Qualifying, name);
        }

        foreach (var name in (string[])["emailOpen", "emailClick", "pushOpen", "inAppOpen", "smsClick", "webPushSend", "webPushClick", "emailUnsubscribe", "emailsend"])
        {
            QualifyingEvents.KindOf(name, "iterable").ShouldBe(EventKind.Qualifying, name);
        }
    }

    [Theory]
    [InlineData(2000, 2, false)]
    [InlineData(2001, 3, true)]
    [InlineData(3000, 3, true)]
    [InlineData(3001, 4, true)]
    public async Task Of_ManyEvents_GuardrailRoundsUp(int events, int mtu, bool guardrail)
    {
        await AddAsync([.. Enumerable.Range(0, events).Select(i => E("Visit", i == 0 ? "ben" : "anna"))]);

        var usage = Count(November);

        (usage.Mtu, usage.Users, usage.Guardrail).ShouldBe((mtu, 2, guardrail));
    }

    [Fact]
    public async Task Of_MergedIds_AreOnePerson()
    {
        await AddAsync(E("Visit", "device"), E("Visit", "anna"), E("emailSend", "device2", "iterable"), E("Visit", "ben"));
        using (var connection = _store.Store.Open())
        {
            Muster.Warehouse.DuckDb.DuckDbStore.Execute(connection, """
                INSERT INTO alias SELECT user_id, 1, (SELECT user_id FROM identity WHERE distinct_id = 'anna')
                FROM identity WHERE distinct_id IN ('device', 'device2')
                """);
        }

        var usage = Count(November);

        (usage.Mtu, usage.ExemptUsersSaved).ShouldBe((2, 0));
    }

    [Theory]
    [InlineData("UTC", "2026-11-01T00:00:00", "2026-11-30T23:59:59.999")]
    [InlineData("Europe/Berlin", "2026-10-31T23:00:00", "2026-11-30T22:59:59.999")]
    [InlineData("America/Los_Angeles", "2026-11-01T07:00:00", "2026-12-01T07:59:59.999")]
    [InlineData("Asia/Kolkata", "2026-10-31T18:30:00", "2026-11-30T18:29:59.999")]
    public async Task Of_MonthsBorders_AreThoseOfTheZone(string zone, string first, string last)
    {
        var (from, to) = (Utc(first), Utc(last));
        await AddAsync(
            E("Visit", "before", at: from.AddMilliseconds(-1)), E("Visit", "first", at: from),
            E("Visit", "last", at: to), E("Visit", "after", at: to.AddMilliseconds(1)));

        Count(November, zone).Mtu.ShouldBe(2);
        Count(new Month(2026, 10), zone).Mtu.ShouldBe(1);
        Count(new Month(2026, 12), zone).Mtu.ShouldBe(1);
    }

    [Theory]
    [InlineData("Asia/Beirut", 2026, 3, "2026-02-28T22:00:00")]
    [InlineData("America/Asuncion", 2017, 10, "2017-10-01T04:00:00")] // midnight of 1 October was skipped
    [InlineData("America/Havana", 2026, 11, "2026-11-01T04:00:00")] // clocks go back from 1:00 to midnight, which comes twice
    public void Start_ClockChangesAtMidnight_IsTheFirstMomentOfTheMonth(string zone, int year, int month, string expected) =>
        new Month(year, month).Start(TimeZoneInfo.FindSystemTimeZoneById(zone)).ShouldBe(Utc(expected));

    [Fact]
    public async Task Of_OtherProjects_AreNotCounted()
    {
        await AddAsync(E("Visit", "anna"), E("Visit", "ben") with { ProjectId = 2 }, E("Visit", "cleo") with { ProjectId = 2 });

        Count(November).Mtu.ShouldBe(1);
    }

    [Fact]
    public async Task Of_RandomEvents_IsAsCountedOneByOne()
    {
        var random = new Random(7);
        string[] names = ["Visit", "emailSend", "emailOpen", "$identify", "smsSend"];
        var events = Enumerable.Range(0, 5000).Select(_ => E(
            names[random.Next(names.Length)], $"u{random.Next(3000)}", random.Next(2) == 0 ? "iterable" : null,
            Utc("2026-10-30T00:00:00").AddMinutes(random.Next(33 * 24 * 60)))).ToList();
        await AddAsync([.. events]);

        var usage = Count(November);

        var inMonth = events.Where(e => e.Time.Month == 11).ToList();
        var qualifying = inMonth.Where(e => QualifyingEvents.KindOf(e.Name, e.Source) == EventKind.Qualifying).ToList();
        var exempt = inMonth.Where(e => QualifyingEvents.KindOf(e.Name, e.Source) == EventKind.Exempt).ToList();
        var users = qualifying.Select(e => e.DistinctId).ToHashSet();
        (usage.Mtu, usage.QualifyingEvents, usage.ExemptEvents, usage.ExemptUsersSaved).ShouldBe(
            (users.Count, qualifying.Count, exempt.Count, exempt.Select(e => e.DistinctId).Distinct().Count(u => !users.Contains(u))));
        usage.ByEvent.Select(e => (e.Event, e.Source, e.Users, e.Events)).Order().ShouldBe(
            inMonth.GroupBy(e => (e.Name, e.Source))
                .Select(g => (g.Key.Name, g.Key.Source, (long)g.Select(e => e.DistinctId).Distinct().Count(), (long)g.Count())).Order());
    }

    [Fact]
    public async Task Of_OtherSources_AreCountedByTheirNames()
    {
        const string Long = "a source with a name longer than others";
        await AddAsync(
            E("emailSend", "anna", "Iterable"), E("emailSend", "ben", Long), E("emailSend", "anna", Long), E("emailSend", "cleo", "iterable"), E("emailSend", "cleo", ""));

        var usage = Count(November);

        (usage.Mtu, usage.ExemptUsersSaved).ShouldBe((3, 0));
        usage.ByEvent.ShouldBe(
        [
            new EventUsage("emailSend", Long, 2, 2, true),
            new EventUsage("emailSend", "", 1, 1, true),
            new EventUsage("emailSend", "Iterable", 1, 1, true),
            new EventUsage("emailSend", "iterable", 1, 1, false),
        ]);
    }

    [Fact]
    public async Task Of_EventsFromBeforeTheColumnOfKnownSources_IsTheSame()
    {
        await AddAsync(
            E("Visit", "anna"), E("emailSend", "ben", "iterable"), E("emailOpen", "cleo", "iterable"), E("Visit", "dora", "web"), E("Visit", "ben"), E("Visit", ""));
        var before = Count(November);

        using (var connection = _store.Store.Open())
        {
            Muster.Warehouse.DuckDb.DuckDbStore.Execute(connection, "UPDATE event SET known_source = NULL WHERE insert_id IN ('i0', 'i1', 'i5')");
        }

        Count(November).ShouldBeEquivalentTo(before);
    }

    [Fact]
    public async Task Of_AnEventThatComesLate_IsCountedAtOnce()
    {
        await AddAsync(E("Visit", "anna"));
        Count(November).Mtu.ShouldBe(1);

        await AddAsync(E("Visit", "ben"), E("Visit", "zoe", at: Utc("2026-12-01T00:00:00")));

        Count(November).Mtu.ShouldBe(2);
    }

    [Fact]
    public async Task Read_MoreSetsThanFit_GoesOverTheEventsAgain()
    {
        await AddAsync([.. Enumerable.Range(0, 60).Select(i => E($"Event {i % 20}", $"u{i}", i % 3 == 0 ? "iterable" : null))]);
        var gathering = new EventGathering(new Dictionary<int, string> { [1] = "Event 0", [2] = "Event 1" }, (1, 60), 1, new HashSet<(string Name, string? Source)>());

        gathering.Find(1, null).ShouldNotBeNull();
        gathering.SomeWait.ShouldBeFalse();
        gathering.Find(2, null).ShouldBeNull();
        gathering.Find(1, null).ShouldNotBeNull();
        gathering.SomeWait.ShouldBeTrue();

        var reader = new MtuReader(_store.Store) { BytesOfAPass = 240 };
        new MtuCount(reader).Of(Project, November, TimeZoneInfo.Utc, TestContext.Current.CancellationToken).ShouldBeEquivalentTo(Count(November));
    }

    private static DateTime Utc(string text) => DateTime.SpecifyKind(DateTime.Parse(text, null), DateTimeKind.Utc);

    private NewEvent E(string name, string who, string? source = null, DateTime? at = null) => new()
    {
        ProjectId = Project,
        Name = name,
        DistinctId = who,
        Time = at ?? Utc("2026-11-15T12:00:00"),
        InsertId = $"i{_inserted++}",
        Source = source,
        Properties = "{}"u8.ToArray(),
        ReceivedAt = Utc("2026-11-15T12:00:01"),
    };

    private Task<AppendOutcome> AddAsync(params NewEvent[] events) => _store.People.AppendAsync(events, TestContext.Current.CancellationToken);

    private MonthUsage Count(Month month, string zone = "UTC") =>
        new MtuCount(new MtuReader(_store.Store)).Of(Project, month, TimeZoneInfo.FindSystemTimeZoneById(zone), TestContext.Current.CancellationToken);
}
