namespace Muster.Control.Forwarding;

/// <summary>Wants to know when the forwarding of a connection was changed.</summary>
public interface IForwardingChanged
{
    /// <summary>Called after the change is in control data.</summary>
    Task ChangedAsync(int connectionId, CancellationToken cancellationToken);
}
