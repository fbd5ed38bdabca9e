using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Muster.Control;
using Muster.Control.Notifications;
using Muster.Usage.Mtu;
using Muster.Warehouse;
using Muster.Warehouse.Events;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Usage;

public sealed class MtuAlertsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-alerts-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private ServiceProvider _services = null!;
    private MtuAlerts _alerts = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection().AddSingleton<ILoggerFactory, NullLoggerFactory>().AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(_clock).AddControl(new ControlOptions { DataDir = _folder }).AddWarehouse(new WarehouseOptions { DataDir = _folder });
        services.AddSingleton<MtuReader>().AddSingleton<MtuCount>().AddSingleton<MtuAlerts>();
        _services = services.BuildServiceProvider();
        await _services.MigrateControlAsync(CancellationToken.None);
        _alerts = _services.GetRequiredService<MtuAlerts>();
        await using var db = await DbAsync();
        db.Projects.Add(new Project
        {
            Name = "Shop",
            Timezone = "Pacific/Auckland",
            IdMerge = IdMerge.Simplified,
            Token = "t",
            ApiSecret = "s",
            MtuAlert = 3,
            CreatedAt = _clock.GetUtcNow(),
        });
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Look_NumberIsReached_TellsOnceAMonthInTheProjectsZone()
    {
        // In Auckland it is December already.
        await AddAsync("a", "b");
        await _alerts.LookAsync(Stop);
        (await ToldAsync()).ShouldBeEmpty();

        await AddAsync("c");
        await _alerts.LookAsync(Stop);
        await AddAsync("d");
        await _alerts.LookAsync(Stop);

        var told = (await ToldAsync()).ShouldHaveSingleItem();
        told.Kind.ShouldBe(NotificationKind.Mtu);
        told.ProjectId.ShouldBe(1);
        told.SyncId.ShouldBeNull();
        told.Subject.ShouldBe("Project 'Shop' has 3 monthly tracked users in 2026-12");
        told.Text.ShouldContain("muster usage mtu --project 1 --by-event");

        _clock.Advance(TimeSpan.FromDays(31));
        await _alerts.LookAsync(Stop);
        (await ToldAsync()).Count.ShouldBe(1, "nobody was there in January yet");
        await AddAsync("a", "b", "c");
        await _alerts.LookAsync(Stop);
        (await ToldAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Look_SentMessagesOnly_TellsNothing()
    {
        await _services.GetRequiredService<IEventStore>().AppendAsync(
            [.. Enumerable.Range(0, 10).Select(i => Event("emailSend", $"u{i}", "iterable"))], Stop);

        await _alerts.LookAsync(Stop);

        (await ToldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_RunsByItself_TellsAfterAWhile()
    {
        await AddAsync("a", "b", "c");
        await _alerts.StartAsync(Stop);

        // It begins to wait in the background, at a moment of its own.
        for (var minutes = 0; minutes < 1000 && (await ToldAsync()).Count == 0; minutes++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
        }

        await _alerts.StopAsync(Stop);
        (await ToldAsync()).Count.ShouldBe(1);
    }

    private Task<ControlDb> DbAsync() => _services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(Stop);

    private async Task<List<Notification>> ToldAsync()
    {
        await using var db = await DbAsync();
        return await db.Notifications.AsNoTracking().ToListAsync(Stop);
    }

    private Task<AppendOutcome> AddAsync(params string[] people) =>
        _services.GetRequiredService<IEventStore>().AppendAsync([.. people.Select(id => Event("Visit", id, null))], Stop);

    private NewEvent Event(string name, string distinctId, string? source) => new()
    {
        ProjectId = 1,
        Name = name,
        DistinctId = distinctId,
        Time = _clock.GetUtcNow().UtcDateTime,
        InsertId = Guid.NewGuid().ToString(),
        Source = source,
        Properties = "{}"u8.ToArray(),
        ReceivedAt = _clock.GetUtcNow().UtcDateTime,
    };
}
