using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Forwarding;

namespace Muster.Iterable.Webhooks;

/// <summary>Whose webhooks they are, and whether they may come in. What it knows it keeps: Iterable asks thousands of times a second.</summary>
internal sealed class WebhookGate(IDbContextFactory<ControlDb> factory, Secrets secrets) : IConnectionStopped, IForwardingChanged
{
    private readonly ConcurrentDictionary<int, Known> _known = new();
    private int _changes;

    /// <summary>The connection's project, if there is such a connection and it takes webhooks.</summary>
    public async Task<Known?> FindAsync(int connectionId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(connectionId, out var known))
        {
            return known;
        }

        var changes = Volatile.Read(ref _changes);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var connection = await db.Connections.AsNoTracking()
            .SingleOrDefaultAsync(c => c.Id == connectionId && c.Status == ConnectionStatus.Connected, cancellationToken);
        if (connection is null)
        {
            return null;
        }

        var forwards = await db.ForwardingSettings.AnyAsync(f => f.ConnectionId == connectionId && f.Enabled, cancellationToken);
        known = new Known(connection.ProjectId, Digest(secrets.Unprotect(connection.ProtectedWebhookAuthorization)), forwards ? connectionId : null);
        _known[connectionId] = known;
        if (changes != Volatile.Read(ref _changes))
        {
            // It was changed while it was read: what was read may be how it was before.
            _known.TryRemove(connectionId, out _);
        }

        return known;
    }

    /// <inheritdoc />
    public Task StoppedAsync(int connectionId, CancellationToken cancellationToken) => ChangedAsync(connectionId, cancellationToken);

    /// <inheritdoc />
    public Task ChangedAsync(int connectionId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _changes);
        _known.TryRemove(connectionId, out _);
        return Task.CompletedTask;
    }

    // Digests have one length: comparing them takes the same time whatever was sent.
    private static byte[] Digest(string authorization) => SHA256.HashData(Encoding.UTF8.GetBytes(authorization));

    /// <param name="ProjectId">The project.</param>
    /// <param name="Authorization">The digest of the header it must send.</param>
    /// <param name="ForwardOver">The connection, if its events go on to Mixpanel.</param>
    internal sealed record Known(int ProjectId, byte[] Authorization, int? ForwardOver)
    {
        public bool Admits(string sent) => CryptographicOperations.FixedTimeEquals(Digest(sent), Authorization);
    }
}
