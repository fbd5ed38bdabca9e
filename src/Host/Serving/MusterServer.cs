using Muster.Cohorts;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Control.KeyRing;
using Muster.Control.People;
using Muster.Host.Backup;
using Muster.Host.Settings;
using Muster.Identity;
using Muster.Ingestion;
using Muster.Iterable;
using Muster.Mixpanel;
using Muster.Notifications;
using Muster.Query;
using Muster.Scheduling;
using Muster.Syncs;
using Muster.Usage;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Muster.Web;

namespace Muster.Host.Serving;

/// <summary>The server of <c>muster serve</c> and <c>muster demo</c>: one Add and one Map per feature.</summary>
internal sealed class MusterServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private Task? _stopping;

    private MusterServer(WebApplication app) => _app = app;

    /// <summary>The addresses it is bound to, with their real ports.</summary>
    public IReadOnlyCollection<string> Addresses => [.. _app.Urls];

    /// <summary>What it is made of.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>An address that this machine reaches it at.</summary>
    public Uri LocalAddress
    {
        get
        {
            var address = BindingAddress.Parse(_app.Urls.First());
            return new UriBuilder(address.Scheme, address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host, address.Port).Uri;
        }
    }

    /// <summary>Starts it; it serves when this returns. The data folder must be held.</summary>
    /// <exception cref="FailedException">It cannot start; the lines say why.</exception>
    public static async Task<MusterServer> StartAsync(MusterSettings settings, LogLevel logLevel, CancellationToken cancellationToken)
    {
        WebApplication? app = null;
        try
        {
            WebServer.EnsureFree(settings.Urls);
            app = Compose(settings, logLevel);
            app.Services.EnsureKeyRingFits();
            await PrepareStoresAsync(app.Services, cancellationToken);
            await app.StartAsync(cancellationToken);
            var server = new MusterServer(app);
            if (app.Services.GetRequiredService<FirstStart>().Code is { } code)
            {
                Log.FirstStart(app.Logger, new Uri(server.LocalAddress, "/first-start"), code);
            }

            return server;
        }
        catch (Exception e)
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            if (Reason(e) is { } line)
            {
                throw new FailedException(line, e);
            }

            throw;
        }
    }

    /// <summary>Serves until it is told to stop, then lets what is in flight end.</summary>
    /// <returns>False when it stopped by itself because a part of it failed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource();
        await using (cancellationToken.Register(() => stop.TrySetResult()))
        await using (_app.Lifetime.ApplicationStopping.Register(() => stop.TrySetResult()))
        {
            await stop.Task;
        }

        await StopAsync();
        return cancellationToken.IsCancellationRequested;
    }

    /// <summary>Stops it, if it has not stopped yet: disposed alone, its scheduler would go on and keep the process alive.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private Task StopAsync() => _stopping ??= _app.StopAsync(CancellationToken.None);

    private static WebApplication Compose(MusterSettings settings, LogLevel logLevel)
    {
        // Empty: what this program reads and listens to is said here and in the settings, nowhere else.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(MusterServer).Assembly.GetName().Name,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        builder.Logging.AddConsoleLog(logLevel, settings.LogsAreJson);
        builder.WebHost.UseWebServer(settings.Urls);
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddControl(settings.Control);
        builder.Services.AddWarehouse(settings.Warehouse);
        builder.Services.AddIdentity();
        builder.Services.AddIngestion();
        builder.Services.AddCohorts();
        builder.Services.AddQueries(new QueryOptions { DataDir = settings.Warehouse.DataDir });
        builder.Services.AddSyncs(settings.Syncs);
        builder.Services.AddIterable(settings.Iterable);
        builder.Services.AddMixpanel(settings.Mixpanel);
        builder.Services.AddUsage();
        builder.Services.AddScheduling(settings.Control);
        builder.Services.AddNotifications(settings.Mail);
        builder.Services.AddRateLimits(settings.Limits);
        builder.Services.AddBackups();
        builder.Services.AddHealth();
        builder.AddObservability();
        builder.Services.AddApiDocument();
        builder.Services.AddPages();

        var app = builder.Build();
        app.UseTrustedProxies(settings.TrustedProxies);
        app.UseSecurityHeaders();
        app.UseProblems();
        app.UsePages();
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseSameOrigin();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseAudit();
        var api = app.MapGroup("/api/v1");
        api.MapControl();
        api.MapIdentity();
        api.MapCohorts();
        api.MapIterable();
        api.MapMixpanel();
        api.MapSyncs();
        api.MapNotifications();
        api.MapUsage();
        api.MapBackups();
        app.MapSignIn();
        app.MapIngestion();
        app.MapPrivacy();
        app.MapIterableWebhooks();
        app.MapQueries();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDocument();
        app.MapPages();
        return app;
    }

    // The two files are opened side by side: each takes a good part of the time to ready.
    private static async Task PrepareStoresAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var warehouse = Task.Run(services.GetRequiredService<DuckDbStore>, cancellationToken);
        await services.MigrateControlAsync(cancellationToken);
        await warehouse;
    }

    private static string? Reason(Exception e) => e switch
    {
        WarehouseUnavailableException or KeyRingException => e.Message,
        Microsoft.Data.Sqlite.SqliteException => $"The control database cannot be opened: {e.Message}",
        _ => null,
    };
}
