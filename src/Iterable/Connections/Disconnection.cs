using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Control;

namespace Muster.Iterable.Connections;

/// <summary>Ends a connection: its key is destroyed and its syncs stop; lists, runs and receipts stay.</summary>
internal sealed class Disconnection(ControlDb db, IEnumerable<IConnectionStopped> listeners, ILogger<Disconnection> logger)
{
    public async Task DisconnectAsync(Connection connection, CancellationToken cancellationToken)
    {
        connection.Status = ConnectionStatus.Disconnected;
        connection.ProtectedApiKey = null;
        var syncs = await db.Syncs.Where(s => s.ConnectionId == connection.Id && s.DeletedAt == null).ToListAsync(cancellationToken);
        foreach (var sync in syncs)
        {
            sync.Status = SyncStatus.Paused;
            sync.PausedReason = "The connection to Iterable was disconnected. Make the sync over another connection; it takes the same list.";
            sync.NextRunAt = null;
        }

        // Key and syncs in one: no sync is left that would look for a key that is gone.
        await db.SaveChangesAsync(cancellationToken);
        Log.Disconnected(logger, connection.Id, syncs.Count);
        foreach (var listener in listeners)
        {
            await listener.StoppedAsync(connection.Id, cancellationToken);
        }
    }
}
