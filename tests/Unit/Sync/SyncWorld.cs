using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Promotion;
using Muster.Control;
using Muster.Control.Notifications;
using Muster.Iterable;
using Muster.Iterable.Calls;
using Muster.Iterable.Delivery;
using Muster.Iterable.Pacing;
using Muster.Syncs;
using Muster.Syncs.Delivery;
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
    private ListResolver _lists = null!;
    private ConnectionLane? _lane;
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

    public SyncOptions Options { get; private init; } = new();

    public DuckDbLedger Ledger => _ledger;

    public DriftCheck Drift { get; private set; } = null!;

    /// <summary>Runs that were asked for through the schedule.</summary>
    public List<long> Enqueued { get; } = [];

    public static async Task<SyncWorld> CreateAsync(ProjectType projectType, int? guardPercent = null, int? guardAtLeast = null, SyncOptions? options = null)
    {
        var world = new SyncWorld(projectType) { Options = options ?? new SyncOptions() };
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
        Iterable.Kill = Iterable.Death.Kill = stopping.Cancel;
        try
        {
            await _runner.ExecuteAsync(runId, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It died while it was ending.
        }

        if (stopping.IsCancellationRequested)
        {
            await CloseAsync();
            Open();
        }

        await using var after = CreateDbContext();
        return await after.Runs.SingleAsync(r => r.Id == runId);
    }

    /// <summary>What a run would do now.</summary>
    public async Task<PreviewView> PreviewAsync()
    {
        await using var db = CreateDbContext();
        return await new SyncPreview(db, new CohortCompiler(this, new PromotedProperties(_store), new PropertyUse(Clock)), _ledger, Iterable, _lists, Options, Clock).MakeAsync(await db.Syncs.SingleAsync(), default);
    }

    /// <summary>Changes the cohort.</summary>
    public async Task ChangeCohortAsync(Action<Cohort> change)
    {
        await using var db = CreateDbContext();
        change(await db.Cohorts.SingleAsync());
        await db.SaveChangesAsync();
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

    /// <summary>Has runs go through the real client from now on.</summary>
    public WireIterable UseWire(ProjectType projectType, double rate)
    {
        var wire = new WireIterable(Iterable, Clock);
        var options = new IterableOptions { UsUrl = new Uri("http://iterable.test"), Rate = rate };
        _lane = new ConnectionLane(1, options, Clock, NullLogger.Instance);
        var counter = new DeliveryCounter();
        var http = new IterableHttp(new HttpClient(wire) { Timeout = Timeout.InfiniteTimeSpan }, options.UsUrl, "key", Clock);
        Iterable.Wire = new IterableDestination(new IterableClient(http, projectType, _lane, counter, options), _lane, counter);
        return wire;
    }

    public async ValueTask DisposeAsync()
    {
        _lane?.Dispose();
        await CloseAsync();
        LetGoOfFiles();
        Directory.Delete(_folder, recursive: true);
    }

    private void Open()
    {
        _store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        _ledger = new DuckDbLedger(_store, Clock);
        var ledger = Mortal<IRunLedger>.Of(
            _ledger, Iterable.Death, recorded => Iterable.Recorded((ListBatch)recorded[1]!, (Acknowledgement)recorded[2]!));
        _lists = new ListResolver(ledger, this, Options, Clock, NullLogger<ListResolver>.Instance);
        _runner = new SyncRunner(
            new SyncRun(
                Iterable, _lists, new CohortCompiler(this, new PromotedProperties(_store), new PropertyUse(Clock)), ledger, Options, Clock),
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
