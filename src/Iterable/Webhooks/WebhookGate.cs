using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Muster.Control;

namespace Muster.Iterable.Webhooks;

/// <summary>Whose webhooks they are, and whether they may come in. What it knows it keeps: Iterable asks thousands of times a second.</summary>
internal sealed class WebhookGate(IDbContextFactory<ControlDb> factory, Secrets secrets) : IConnectionStopped
{
    private readonly ConcurrentDictionary<int, Known> _known = new();

    /// <summary>The connection's project, if there is such a connection and it takes webhooks.</summary>
    public async Task<Known?> FindAsync(int connectionId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(connectionId, out var known))
        {
            return known;
        }

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var connection = await db.Connections.AsNoTracking()
            .SingleOrDefaultAsync(c => c.Id == connectionId && c.Status == ConnectionStatus.Connected, cancellationToken);
        if (connection is null)
        {
            return null;
        }

        known = new Known(connection.ProjectId, Digest(secrets.Unprotect(connection.ProtectedWebhookAuthorization)));
        return _known[connectionId] = known;
    }

    /// <inheritdoc />
    public Task StoppedAsync(int connectionId, CancellationToken cancellationToken)
    {
        _known.TryRemove(connectionId, out _);
        return Task.CompletedTask;
    }

    // Digests have one length: comparing them takes the same time whatever was sent.
    private static byte[] Digest(string authorization) => SHA256.HashData(Encoding.UTF8.GetBytes(authorization));

    internal sealed record Known(int ProjectId, byte[] Authorization)
    {
        public bool Admits(string sent) => CryptographicOperations.FixedTimeEquals(Digest(sent), Authorization);
    }
}
