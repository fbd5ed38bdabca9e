using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Iterable.Calls;
using Muster.Iterable.Pacing;
using Muster.Syncs.Delivery;

namespace Muster.Iterable.Delivery;

/// <summary>Opens connections as destinations of runs.</summary>
internal sealed class IterableDestinations(
    IDbContextFactory<ControlDb> factory, Secrets secrets, IHttpClientFactory http, ConnectionLanes lanes, IterableOptions options, TimeProvider clock)
    : IListDestinations
{
    public async Task<IListDestination> OpenAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var connection = await db.Connections.AsNoTracking().SingleOrDefaultAsync(c => c.Id == connectionId, cancellationToken);
        if (connection is not { Status: ConnectionStatus.Connected, ProtectedApiKey: { } protectedKey })
        {
            throw new DestinationException(
                "connection_disconnected",
                "The connection to Iterable was disconnected and its key destroyed. The list stays as it is. Connect Iterable again and make the sync over the new connection; it takes the same list.")
            {
                IsTransient = false,
            };
        }

        var lane = lanes.Of(connectionId);
        var counter = new DeliveryCounter();
        var calls = new IterableHttp(http.CreateClient(IterableHttp.ClientName), options.UrlOf(connection.DataCenter), Unprotect(protectedKey), clock);
        return new IterableDestination(new IterableClient(calls, connection.ProjectType, lane, counter, options), lane, counter);
    }

    public TimeSpan Estimate(int calls) => options.Rate > 0 ? TimeSpan.FromSeconds(calls / options.Rate) : TimeSpan.Zero;

    private string Unprotect(string protectedKey)
    {
        try
        {
            return secrets.Unprotect(protectedKey);
        }
        catch (CryptographicException e)
        {
            throw new DestinationException(
                "connection_key_unreadable",
                "The connection's API key cannot be decrypted: the folder 'keys' of the data folder is not the one it was encrypted with. The list stays as it is. Put that folder back, or set the connection's API key again, then resume the sync.",
                e)
            {
                IsTransient = false,
            };
        }
    }
}
