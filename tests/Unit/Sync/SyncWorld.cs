using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Promotion;
using Muster.Control;
using Muster.Control.Notifications;
using Muster.Syncs;
using Muster.Syncs.Drift;
using Muster.Syncs.Ledger;
using Muster.Syncs.Receipts;
using Muster.Syncs.Runs;
using Muster.Tests.Unit.Iterable;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Tests.Unit.Syncs;

/// <summary>A project with one cohort (profile property <c>in</c> is true) and one dynamic sync of it, over real stores and a fake Iterable.</summary>
internal sealed class SyncWorld : IAsyncDisposable, IDbContextFactory<ControlDb>, ISyncSchedule
{
    // Both stores with their schemas and nothing in them: bringing each world's up to date would take most of its time.
    private static readonly Lazy<Task<string>> Empty = new(async () =>
    {
        var world = new SyncWorld(ProjectType.Email);
        world.Open();
        await using (var db = world.CreateDbContext())
        {
            await db.Database.MigrateAsync();
        }

        await world.CloseAsync();
        world.LetGoOfFiles();
        return world._folder;
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-sync-").FullName;
    private readonly ControlOptions _control;
    private DuckDbStore _store = null!;
    private DuckDbLedger _ledger = null!;
    private SyncRunner _runner = null!;
    private ReceiptRetention _retention = null!;

    private SyncWorld(ProjectType projectType)
    {
        Iterable = new FakeIterable(projectType);
        _control = new ControlOptions { DataDir = _folder };
    }

    public FakeIterable Iterable { get; }

    /// <summary>The time of this world: waiting takes none, and it may jump either way.</summary>
    public JumpClock Clock { get; } = new();

    public SyncOptions Options { get; } = new();

    public DuckDbLedger Ledger => _ledger;

    public DriftCheck Drift { get; private set; } = null!;

    /// <summary>Runs that were asked for through the schedule.</summary>
    public List<long> Enqueued { get; } = [];

    public static async Task<SyncWorld> CreateAsync(ProjectType projectType, int? guardPercent = null, int? guardAtLeast = null)
    {
        var world = new SyncWorld(projectType);
        CopyTo(await Empty.Value, world._folder);
        world.Open();
        await using var db = world.CreateDbContext();
        var now = world.Clock.GetUtcNow();
        db.Add(new Project { Id = 1, Name = "p", Timezone = "UTC", IdMerge = IdMerge.Original, Token = "t", ApiSecret = "s", CreatedAt = now });
        db.Add(new Cohort { Id = 1, ProjectId = 1, Name = "In", Definition = """{"profile":"in","isTrue":true}""", CreatedAt = now, UpdatedAt = now, CreatedBy = "test" });
        db.Add(new Connection
        {
            Id = 1,
            ProjectId = 1,
            Name = "c",
            Status = ConnectionStatus.Connected,
            DataCenter = DataCenter.Us,
            ProjectType = projectType,
            UserIdFallback = UserIdFallback.None,
            ApiKeyHint = "",
            ProtectedWebhookAuthorization = "",
            CreatedAt = now,
            CreatedBy = "test",
        });
        db.Add(new Sync
        {
            Id = 1,
            ProjectId = 1,
            CohortId = 1,
            ConnectionId = 1,
            Type = SyncType.Dynamic,
            IntervalSeconds = 900,
            Status = SyncStatus.Active,
            ListName = "",
            GuardPercent = guardPercent,
            GuardAtLeast = guardAtLeast,
            CreatedAt = now,
            CreatedBy = "test",
        });
        await db.SaveChangesAsync();
        return world;
    }

    public static string ListName => "mixpanel_In_1";

    public void Put(IReadOnlyCollection<Person> people)
    {
        using var connection = _store.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var person in people)
        {
            connection.Execute("DELETE FROM identity WHERE user_id = $id", ("id", person.Id));
            connection.Execute("DELETE FROM profile WHERE user_id = $id", ("id", person.Id));
            connection.Execute("INSERT INTO identity VALUES ($id, 1, $name)", ("id", person.Id), ("name", string.Create(CultureInfo.InvariantCulture, $"p{person.Id}")));
            connection.Execute(
                "INSERT INTO profile (user_id, project_id, properties, email, iterable_user_id) VALUES ($id, 1, $properties, $email, $iuid)",
                ("id", person.Id), ("properties", person.In ? """{"in":true}""" : "{}"), ("email", person.Email), ("iuid", person.UserId));
        }

        transaction.Commit();
    }

    /// <summary>Runs the sync, or goes on with the run that a kill left; gives its row.</summary>
    public async Task<Run> RunAsync(RunTrigger trigger = RunTrigger.Manual, bool approved = false)
    {
        long runId;
        await using (var db = CreateDbContext())
        {
            await db.Syncs.ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, SyncStatus.Active));
            var sync = await db.Syncs.SingleAsync();
            runId = (await RunQueue.FindOpenAsync(db, 1, default) ?? await RunQueue.AddAsync(db, sync, trigger, approved, Clock, default)).Id;
        }

        using var stopping = new CancellationTokenSource();
        Iterable.Kill = stopping.Cancel;
        await _runner.ExecuteAsync(runId, stopping.Token);
        if (stopping.IsCancellationRequested)
        {
            await CloseAsync();
            Open();
        }

        await using var after = CreateDbContext();
        return await after.Runs.SingleAsync(r => r.Id == runId);
    }

    public async Task<Muster.Control.Sync> SyncAsync()
    {
        await using var db = CreateDbContext();
        return await db.Syncs.SingleAsync();
    }

    public async Task ChangeSyncAsync(Action<Muster.Control.Sync> change)
    {
        await using var db = CreateDbContext();
        change(await db.Syncs.SingleAsync());
        await db.SaveChangesAsync();
    }

    /// <summary>What the sync's people are told, in order.</summary>
    public async Task<List<Notification>> NotificationsAsync()
    {
        await using var db = CreateDbContext();
        return await db.Notifications.OrderBy(n => n.Id).ToListAsync();
    }

    public Task ForgetOldReceiptsAsync() => _retention.ApplyAsync(default);

    public long CountRows(string sql)
    {
        using var connection = _store.Open();
        return connection.Query(sql, r => r.GetInt64(0))[0];
    }

    public Task<List<Receipt>> ReceiptsAsync(Run run) =>
        new ReceiptReader(_store).ReadPageAsync(run, new ReceiptFilter(null, null, null), 0, int.MaxValue, default);

    public ControlDb CreateDbContext()
    {
        var builder = new DbContextOptionsBuilder<ControlDb>();
        ControlFeature.UseDatabase(builder, _control);
        return new ControlDb(builder.Options);
    }

    public Task EnqueueAsync(Sync sync, long runId, CancellationToken cancellationToken)
    {
        Enqueued.Add(runId);
        return Task.CompletedTask;
    }

    public Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> IsPlannedAsync(Sync sync, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task UnplanAsync(Sync sync, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        LetGoOfFiles();
        Directory.Delete(_folder, recursive: true);
    }

    private void Open()
    {
        _store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        _ledger = new DuckDbLedger(_store, Clock);
        var lists = new ListResolver(_ledger, this, Options, Clock, NullLogger<ListResolver>.Instance);
        _runner = new SyncRunner(
            new SyncRun(Iterable, lists, new CohortCompiler(this, new PromotedProperties(_store), new PropertyUse(Clock)), _ledger, Options, Clock),
            new ActiveRuns(), new SyncStanding(Options, Clock), this, this, Clock, NullLogger<SyncRunner>.Instance);
        Drift = new DriftCheck(Iterable, _ledger, this, this, Options, Clock, NullLogger<DriftCheck>.Instance);
        _retention = new ReceiptRetention(_ledger, this, Options, Clock, NullLogger<ReceiptRetention>.Instance);
    }

    // This world's only: others may be at work.
    private void LetGoOfFiles()
    {
        using var db = CreateDbContext();
        SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
    }

    private static void CopyTo(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    private async Task CloseAsync()
    {
        await _ledger.DisposeAsync();
        _store.Dispose();
    }
}

/// <summary>One person of a world.</summary>
internal sealed record Person(int Id, bool In, string? Email, string? UserId);
