using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Muster.Control.Forwarding;
using Muster.Control.Audit;
using Muster.Control.Notifications;
using Muster.Control.People;
using Muster.Control.Tokens;

namespace Muster.Control;

/// <summary>Control data: everything but events, people, ledgers and receipts.</summary>
public sealed class ControlDb(DbContextOptions<ControlDb> options) : DbContext(options)
{
    /// <summary>The projects.</summary>
    public DbSet<Project> Projects => Set<Project>();

    /// <summary>The connections, disconnected ones too.</summary>
    public DbSet<Connection> Connections => Set<Connection>();

    /// <summary>The cohorts.</summary>
    public DbSet<Cohort> Cohorts => Set<Cohort>();

    /// <summary>Sizes of cohorts over time.</summary>
    public DbSet<CohortCount> CohortCounts => Set<CohortCount>();

    /// <summary>The syncs, deleted ones too.</summary>
    public DbSet<Sync> Syncs => Set<Sync>();

    /// <summary>The runs.</summary>
    public DbSet<Run> Runs => Set<Run>();

    /// <summary>Tokens for machines.</summary>
    public DbSet<ApiToken> Tokens => Set<ApiToken>();

    /// <summary>Whom each project's notifications go to.</summary>
    public DbSet<NotificationSettings> NotificationSettings => Set<NotificationSettings>();

    /// <summary>What people are told, of the last weeks.</summary>
    public DbSet<Notification> Notifications => Set<Notification>();

    /// <summary>The ways it takes to them.</summary>
    public DbSet<NotificationDelivery> NotificationDeliveries => Set<NotificationDelivery>();

    /// <summary>Where events from Iterable go on to.</summary>
    public DbSet<ForwardingSettings> ForwardingSettings => Set<ForwardingSettings>();
    /// <summary>Those who may sign in.</summary>
    public DbSet<Person> People => Set<Person>();

    /// <summary>What they may do in which project.</summary>
    public DbSet<Membership> Memberships => Set<Membership>();

    /// <summary>The browsers they are signed in with.</summary>
    public DbSet<Session> Sessions => Set<Session>();

    /// <summary>Who did what.</summary>
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    /// <summary>
    /// Saves, and logs what someone changed in the transaction of the change itself: there is no change without its entry,
    /// and no entry without its change.
    /// </summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (ChangeTracker.Entries<AuditEntry>().Any(e => e.State is EntityState.Modified or EntityState.Deleted))
        {
            throw new InvalidOperationException("Entries of the audit log are added, and never changed.");
        }

        if (AuditTrail.Of(ChangeTracker) is not { } trail)
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        if (!trail.NeedsIds)
        {
            Audit.AddRange(trail.Entries());
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        await using var transaction = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        Audit.AddRange(trail.Entries());
        await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return saved;
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Project>(project =>
        {
            project.HasIndex(p => p.Token).IsUnique();
            project.HasIndex(p => p.ApiSecret).IsUnique();
        });
        modelBuilder.Entity<Connection>().HasIndex(c => c.ProjectId);
        modelBuilder.Entity<Cohort>().HasIndex(c => c.ProjectId);
        modelBuilder.Entity<CohortCount>().HasIndex(c => new { c.CohortId, c.At });
        modelBuilder.Entity<Sync>(sync =>
        {
            sync.HasIndex(s => s.ProjectId);
            sync.HasIndex(s => s.CohortId);
            sync.HasIndex(s => s.ConnectionId);
        });
        modelBuilder.Entity<Run>(run =>
        {
            run.HasIndex(r => new { r.SyncId, r.Id });
            run.HasIndex(r => r.Status);
            Json(run.Property(r => r.Counts));
            Json(run.Property(r => r.Steps));
            Json(run.Property(r => r.Error));
        });
        modelBuilder.Entity<ApiToken>().HasIndex(t => t.Hash).IsUnique();
        modelBuilder.Entity<NotificationSettings>(settings =>
        {
            settings.HasKey(s => s.ProjectId);
            settings.Property(s => s.ProjectId).ValueGeneratedNever();
            Json(settings.Property(s => s.Emails));
        });
        modelBuilder.Entity<ForwardingSettings>(settings =>
        {
            settings.HasKey(s => s.ConnectionId);
            settings.Property(s => s.ConnectionId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Notification>(notification =>
        {
            notification.HasIndex(n => n.ProjectId);
            notification.HasIndex(n => n.AddressedAt);
        });
        modelBuilder.Entity<NotificationDelivery>(delivery =>
        {
            delivery.HasIndex(d => d.ProjectId);
            delivery.HasIndex(d => d.NotificationId);
            delivery.HasIndex(d => d.NextTryAt);
        });
        PeopleModel.Configure(modelBuilder);
        modelBuilder.Entity<AuditEntry>(entry =>
        {
            entry.HasIndex(e => new { e.ProjectId, e.Id });
            entry.HasIndex(e => e.At);
        });
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Neither SQLite nor PostgreSQL keeps an offset: times are stored as UTC and read back as such.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
    }

    // Small values that are read and written whole: JSON text works the same in every database.
    private static void Json<T>(PropertyBuilder<T> property) => property.HasConversion(
        new ValueConverter<T, string>(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!),
        new ValueComparer<T>(
            (a, b) => JsonSerializer.Serialize(a, JsonSerializerOptions.Web) == JsonSerializer.Serialize(b, JsonSerializerOptions.Web),
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web).GetHashCode(StringComparison.Ordinal),
            value => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, JsonSerializerOptions.Web), JsonSerializerOptions.Web)!));

    private sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTime>(
        value => value.UtcDateTime,
        stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));
}
