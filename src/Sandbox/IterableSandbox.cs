using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Muster.Sandbox.Admin;
using Muster.Sandbox.Api;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;
using Muster.Sandbox.Faults;
using Muster.Sandbox.Journal;
using Muster.Sandbox.Limits;
using Muster.Sandbox.Pages;
using Muster.Sandbox.Webhooks;

namespace Muster.Sandbox;

/// <summary>
/// A small web program that behaves like the Iterable API, as far as lists and users go, with a page at <c>/</c> that
/// shows its lists. It runs beside other programs in one process: it reads no configuration and no environment,
/// installs no signal handlers and writes no log.
/// </summary>
public static class IterableSandbox
{
    /// <summary>Starts a sandbox; it serves until it is disposed.</summary>
    /// <param name="options">What it is like.</param>
    /// <param name="timeProvider">The clock of rates, delays and timestamps; the system's when left out.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ArgumentException">The options are not good; the message lists every fault.</exception>
    /// <exception cref="InvalidDataException">The data file is damaged or of another project type.</exception>
    /// <exception cref="IOException">An address is taken, or the data file cannot be used.</exception>
    public static async Task<RunningSandbox> StartAsync(
        SandboxOptions options, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        }

        var clock = timeProvider ?? TimeProvider.System;
        var store = JournalFile.Open(options, clock, out var journal);
        var webhooks = new WebhookBook();
        var player = new CampaignPlayer(store, webhooks, clock);
        var app = Compose(options, store, clock, webhooks, player);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            await player.DisposeAsync();
            journal?.Dispose();
            throw;
        }

        return new RunningSandbox(app, player, journal);
    }

    private static WebApplication Compose(
        SandboxOptions options, AudienceStore store, TimeProvider clock, WebhookBook webhooks, CampaignPlayer player)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // the API's own limit answers in its own way
        });
        builder.WebHost.UseUrls(options.Addresses());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var app = builder.Build();

        var log = new CallLog(clock);
        var faults = new FaultPlan();
        var planted = new PlantedSubscribers();
        var limits = new CallLimits(clock);
        var identification = new Identification(store);
        var check = new RowCheck(store, planted);
        var fields = new ProfileFields(store);
        var subscriptions = new Subscriptions(store, identification, check, fields);
        var body = new RequestBody(store);

        app.Use(new ApiGate(store, log, faults, limits, clock).InvokeAsync);
        app.Use(AdminEndpoints.GuardAsync);
        new ListEndpoints(store, subscriptions, body).Map(app);
        new UserEndpoints(store, new Profiles(store, identification, check, fields), body).Map(app);
        new WebhookEndpoints(webhooks, body).Map(app);
        new CampaignEndpoints(webhooks, player).Map(app);
        new AdminEndpoints(store, subscriptions, log, faults, planted, limits).Map(app);
        new ListPages(store, log).Map(app);
        app.MapFallback(Answers.NoSuchActionAsync);
        return app;
    }

    // Ctrl-C belongs to the program the sandbox runs in.
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
