using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Control.Forwarding;
using Muster.Control.Notifications;
using Muster.Mixpanel.Calls;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Forwarding;

/// <summary>Runs a forwarder for each connection that has it switched on, from start to stop, and begins anew when its settings change.</summary>
internal sealed class ForwardingWorker(
    IDbContextFactory<ControlDb> factory, IForwardQueue queue, IHttpClientFactory http, Secrets secrets, MixpanelOptions options, TimeProvider clock,
    ILoggerFactory loggers) : IHostedService, IForwardingChanged, IConnectionStopped, IAsyncDisposable
{
    private static readonly TimeSpan AfterBreak = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<ForwardingWorker>();
    private readonly ConcurrentDictionary<int, Running> _running = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Meter _meter = new(Telemetry.Name);
    private bool _stopped;
    private int _disposed;

    /// <summary>The forwarder of a connection, if it is running.</summary>
    public Forwarder? Of(int connectionId) => _running.TryGetValue(connectionId, out var running) ? running.Forwarder : null;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge(
            "muster.mixpanel.waiting",
            () => _running.Keys.Select(id => new Measurement<long>(queue.Depth(id).Waiting, new KeyValuePair<string, object?>("connection", id))),
            "{event}", "Events that wait to be forwarded, of connections whose forwarding is going");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        foreach (var id in await db.ForwardingSettings.Select(s => s.ConnectionId).ToListAsync(cancellationToken))
        {
            await ChangedAsync(id, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            _stopped = true;
            await Task.WhenAll(_running.Keys.Select(EndAsync));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc />
    public async Task ChangedAsync(int connectionId, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            await EndAsync(connectionId);
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            var settings = await db.ForwardingSettings.AsNoTracking().SingleOrDefaultAsync(s => s.ConnectionId == connectionId, cancellationToken);
            if (settings is null)
            {
                await queue.ClearAsync(connectionId, cancellationToken);
            }
            else if (settings is { Enabled: true, StoppedReason: null } && !_stopped)
            {
                Begin(settings);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The connection is gone, and with it where its events go on to: the secret is destroyed like the connection's key.</summary>
    public async Task StoppedAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using (var db = await factory.CreateDbContextAsync(cancellationToken))
        {
            await db.ForwardingSettings.Where(s => s.ConnectionId == connectionId).ExecuteDeleteAsync(cancellationToken);
        }

        await ChangedAsync(connectionId, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Once for each of the services that it is registered as.
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await StopAsync(CancellationToken.None);
            _changing.Dispose();
            _meter.Dispose();
        }
    }

    private void Begin(ForwardingSettings settings)
    {
        string secret;
        try
        {
            secret = secrets.Unprotect(settings.ProtectedSecret);
        }
        catch (CryptographicException e)
        {
            // The settings say so when they are asked for.
            Log.ForwardingBroke(_logger, settings.ConnectionId, e);
            return;
        }

        var account = new MixpanelAccount(settings.MixpanelProjectId, settings.ServiceAccount, secret);
        var client = new ImportClient(http.CreateClient(ImportClient.ClientName), options.UrlOf(settings.DataResidency), account, options.CallTimeout, clock);
        var forwarder = new Forwarder(settings.ConnectionId, queue, client, options, clock, loggers.CreateLogger<Forwarder>());
        var end = new CancellationTokenSource();
        _running[settings.ConnectionId] = new Running(forwarder, end, Task.Run(() => RunAsync(settings.ConnectionId, forwarder, end.Token)));
    }

    private async Task EndAsync(int connectionId)
    {
        if (_running.TryRemove(connectionId, out var running))
        {
            await running.End.CancelAsync();
            await running.Done;
            running.End.Dispose();
        }
    }

    private async Task RunAsync(int connectionId, Forwarder forwarder, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await forwarder.RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ForwardingStoppedException e)
            {
                Log.ForwardingStopped(_logger, connectionId, e.What);
                if (await TryTellAsync(connectionId, e, cancellationToken))
                {
                    return;
                }
            }
#pragma warning disable CA1031 // Whatever broke is shown; without a catch nothing would be forwarded any more.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.ForwardingBroke(_logger, connectionId, e);
            }

            await Task.Delay(AfterBreak, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryTellAsync(int connectionId, ForwardingStoppedException stopped, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            var settings = await db.ForwardingSettings.SingleOrDefaultAsync(s => s.ConnectionId == connectionId, cancellationToken);
            var name = await db.Connections.Where(c => c.Id == connectionId).Select(c => c.Name).SingleOrDefaultAsync(cancellationToken);
            if (settings is null)
            {
                return true;
            }

            // With its notification in one transaction: told once, whatever happens in between.
            (settings.StoppedReason, settings.StoppedAt) = ($"Mixpanel {stopped.What}. {stopped.ToDo}", clock.GetUtcNow());
            db.Notifications.Add(new Notification
            {
                ProjectId = settings.ProjectId,
                Kind = NotificationKind.Forwarding,
                Subject = $"Muster stopped forwarding the events of '{name}' to Mixpanel",
                Text = $"{settings.StoppedReason} Nothing is lost: what Iterable reports is stored here as before and waits in the queue. "
                    + $"When it is mended, 'muster forwarding resume {connectionId}' goes on.",
                At = settings.StoppedAt.Value,
            });
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (e is DbUpdateException or OperationCanceledException or System.Data.Common.DbException)
        {
            Log.ForwardingBroke(_logger, connectionId, e);
            return false;
        }
    }

    private sealed record Running(Forwarder Forwarder, CancellationTokenSource End, Task Done);
}
