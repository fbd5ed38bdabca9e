namespace Muster.Iterable.Calls;

/// <summary>The classes of trouble with a call; each has its own way on.</summary>
internal enum FaultKind
{
    /// <summary>No answer, or one that says "not now": 5xx, 408, a timeout, a broken connection, TLS or DNS trouble.</summary>
    Unavailable,

    /// <summary>429</summary>
    RateLimited,

    /// <summary>An answer that does not say what became of the call: HTML, cut off, inconsistent, a redirect.</summary>
    UnreadableAnswer,

    /// <summary>401</summary>
    Unauthorized,

    /// <summary>403</summary>
    Forbidden,

    /// <summary>400, and whatever else of 4xx has no class of its own.</summary>
    BadRequest,

    /// <summary>404 of something that is not a list.</summary>
    NotFound,

    /// <summary>The list that the call is about is not known.</summary>
    ListGone,

    /// <summary>413, or BatchTooLarge.</summary>
    TooLarge,

    /// <summary>409 on deleting a list.</summary>
    ListInUse,
}

/// <summary>What went wrong with one try of a call.</summary>
internal sealed record CallFault
{
    /// <summary>Its class.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>What happened, as "answered 503" or "did not answer within 30 seconds"; never a part of a body.</summary>
    public required string What { get; init; }

    /// <summary>The status answered, when there was one.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>How long to wait before the next try, as far as Iterable said so; bounded.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The list that the call was about.</summary>
    public long? ListId { get; init; }

    /// <summary>Whether trying the same again may go well.</summary>
    public bool IsTransient => Kind is FaultKind.Unavailable or FaultKind.RateLimited or FaultKind.UnreadableAnswer;
}

/// <summary>One try of a call failed.</summary>
internal sealed class CallFaultException(CallFault fault, Exception? inner = null) : Exception(fault.What, inner)
{
    /// <summary>How.</summary>
    public CallFault Fault { get; } = fault;
}
