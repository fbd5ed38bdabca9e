namespace Muster.Syncs.Delivery;

/// <summary>A call that was not acknowledged. Says what may be done next.</summary>
/// <param name="code">A stable code, as <c>iterable_unauthorized</c>.</param>
/// <param name="message">What happened, what it means for the list, and what to do; never a key, an address or a body.</param>
/// <param name="inner">The fault behind it.</param>
public sealed class DestinationException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A stable code.</summary>
    public string Code { get; } = code;

    /// <summary>True: the next scheduled run may go well by itself (its retries are used up). False: someone must act first.</summary>
    public required bool IsTransient { get; init; }

    /// <summary>The HTTP status answered, when there was one.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The list does not exist any more, which a run mends by making it again.</summary>
    public bool ListIsGone { get; init; }
}
