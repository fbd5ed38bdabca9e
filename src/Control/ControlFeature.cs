using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Control.KeyRing;
using Muster.Control.People;
using Muster.Control.People.Oidc;
using Muster.Control.Projects;
using Muster.Control.Tokens;

namespace Muster.Control;

/// <summary>Registers control data, sign-in by token, and the REST conventions.</summary>
public static class ControlFeature
{
    /// <summary>Adds control data in the data folder.</summary>
    public static IServiceCollection AddControl(this IServiceCollection services, ControlOptions options)
    {
        Directory.CreateDirectory(options.DataDir);
        services.AddSingleton(options);
        services.AddDbContextFactory<ControlDb>(db => UseDatabase(db, options));
        services.AddKeyRing(options);
        services.AddSingleton<Secrets>();
        services.AddSingleton<ProjectDirectory>();
        services.AddSingleton<ProjectCredentials>();
        services.AddPeople();
        services.AddHostedService<AuditRetention>();
        services.AddApiConventions();
        services.AddOidc(options);
        return services;
    }

    /// <summary>Makes sure that stored secrets can be read with the settings there are; before anything else is started.</summary>
    /// <exception cref="KeyRingException">They cannot; the message says why.</exception>
    public static void EnsureKeyRingFits(this IServiceProvider services) => services.GetRequiredService<KeyRingFolder>().EnsureFits();

    /// <summary>Brings the control database up to date and makes the admin and the admin token of the settings.</summary>
    public static async Task MigrateControlAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        await ApiTokens.EnsureAdminTokenAsync(
            db, services.GetRequiredService<ControlOptions>(), services.GetRequiredService<TimeProvider>(), cancellationToken);
        await services.GetRequiredService<FirstStart>().PrepareAsync(cancellationToken);
    }

    /// <summary>Whether a write failed only because another one changed the same thing at the same moment.</summary>
    public static bool IsConflict(Exception error) => error is DbUpdateConcurrencyException
        or DbUpdateException
    {
        // Made twice, or for something that was deleted. Any other constraint is a fault of ours.
        InnerException: SqliteException
        {
            SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE or SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_FOREIGNKEY
        }
    };

    /// <summary>Maps projects, tokens and people.</summary>
    public static IEndpointRouteBuilder MapControl(this IEndpointRouteBuilder api)
    {
        api.MapProjects();
        api.MapTokens();
        api.MapPeople();
        api.MapAllAccounts();
        api.MapMe();
        api.MapAudit();
        return api;
    }

    /// <summary>Maps what signs in and out, under <c>/account</c>.</summary>
    public static IEndpointRouteBuilder MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAccounts();
        return endpoints;
    }

    /// <summary>The one place where the database of control data is chosen.</summary>
    public static void UseDatabase(DbContextOptionsBuilder db, ControlOptions options) =>
        db.UseSqlite(SqliteConnectionString(options));

    /// <summary>The connection string of the SQLite file, for those that bring their own tables into it.</summary>
    public static string SqliteConnectionString(ControlOptions options) => new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(options.DataDir, "control.db"),
        // Waits for the file's one writer instead of failing at once.
        DefaultTimeout = 30,
    }.ToString();

    private static void AddKeyRing(this IServiceCollection services, ControlOptions options)
    {
        services.AddSingleton(MasterKeys.Of(options.MasterKey));
        services.AddSingleton<KeyRingFolder>();
        services.AddDataProtection()
            .SetApplicationName("muster")
            .PersistKeysToFileSystem(new DirectoryInfo(KeyRingFolder.PathIn(options.DataDir)));
        services.AddOptions<KeyManagementOptions>().Configure<MasterKeys>((ring, keys) =>
            ring.XmlEncryptor = keys.Current is { } key ? new MasterKeyEncryptor(key) : null);
    }

    // Used by 'dotnet ef migrations add' only.
    private sealed class DesignTimeFactory : IDesignTimeDbContextFactory<ControlDb>
    {
        public ControlDb CreateDbContext(string[] args)
        {
            var builder = new DbContextOptionsBuilder<ControlDb>();
            UseDatabase(builder, new ControlOptions { DataDir = Path.GetTempPath() });
            return new ControlDb(builder.Options);
        }
    }
}
