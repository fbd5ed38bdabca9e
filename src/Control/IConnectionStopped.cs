namespace Muster.Control;

/// <summary>Wants to know when a connection was disconnected: to take its syncs off the schedule and end what is going.</summary>
public interface IConnectionStopped
{
    /// <summary>Called after the connection's key is destroyed and its syncs are paused in control data.</summary>
    Task StoppedAsync(int connectionId, CancellationToken cancellationToken);
}
