using System.Globalization;
using Muster.Syncs.Delivery;

namespace Muster.Iterable.Calls;

/// <summary>Says for people what a fault means for the list and what to do about it.</summary>
internal static class FaultMessages
{
    private const string GoesOn =
        "What was acknowledged stays on the list, the next run sends the rest. Nothing is to be done unless it lasts; then see https://status.iterable.com and this machine's way to the internet.";

    private const string Stops = "Nothing more is sent and the list stays as it is.";

    /// <summary>The exception of a run whose call could not be made.</summary>
    public static DestinationException Of(CallFaultException e)
    {
        var fault = e.Fault;
        var (code, message) = Of(fault);
        return new DestinationException(code, message, e)
        {
            IsTransient = fault.IsTransient,
            HttpStatus = fault.HttpStatus,
            ListIsGone = fault.Kind == FaultKind.ListGone,
        };
    }

    /// <summary>The exception of a call that was not made, or not again, because others got no answer.</summary>
    public static DestinationException CircuitOpen(TimeSpan wait) => new(
        "iterable_unavailable",
        string.Create(CultureInfo.InvariantCulture,
            $"Iterable did not answer the last calls of this connection, so no more are made for now; the next try is in {Math.Ceiling(wait.TotalSeconds)} seconds. {GoesOn}"))
    {
        IsTransient = true,
    };

    private static (string Code, string Message) Of(CallFault fault) => fault.Kind switch
    {
        FaultKind.Unavailable => ("iterable_unavailable", $"Iterable {fault.What} ({Persistence.Tries} tries). {GoesOn}"),
        FaultKind.RateLimited => ("iterable_rate_limited",
            $"Iterable {fault.What}: too many calls, though the rate was lowered ({Persistence.Tries} tries). What was acknowledged stays on the list, the next run sends the rest. If it lasts, something else uses the same Iterable project's limits; lower MUSTER_ITERABLE_RATE or stop it."),
        FaultKind.UnreadableAnswer => ("iterable_unreadable_answer",
            $"Iterable {fault.What}, so it is not known what became of the call ({Persistence.Tries} tries). It is sent again by the next run, which does no harm. If it lasts, look for a proxy between this machine and Iterable."),
        FaultKind.Unauthorized => ("iterable_unauthorized",
            $"Iterable {fault.What}: it does not know the connection's API key. {Stops} Put a key that is valid in this data center on the connection, then resume the sync."),
        FaultKind.Forbidden => ("iterable_forbidden",
            $"Iterable {fault.What}: the connection's API key may not do this. {Stops} Use a server-side (Standard) key without restrictions to other endpoints or addresses, then resume the sync."),
        FaultKind.BadRequest => ("iterable_bad_request",
            $"Iterable {fault.What} and refused the call as wrong. {Stops} Check that the connection's project type is that of the Iterable project, then resume the sync."),
        FaultKind.NotFound => ("iterable_not_found",
            $"Iterable {fault.What}: there is nothing at this address. {Stops} Check MUSTER_ITERABLE_US_URL or MUSTER_ITERABLE_EU_URL, then resume the sync."),
        FaultKind.ListGone => ("list_gone",
            $"Iterable {fault.What}: list {fault.ListId} does not exist there any more. A run makes it again and fills it."),
        FaultKind.TooLarge => ("iterable_batch_too_large",
            $"Iterable {fault.What}: one call was larger than it takes (4 MB). {Stops} Look in the cohort for addresses of absurd length, then resume the sync."),
        FaultKind.ListInUse => ("list_in_use",
            $"Iterable {fault.What}: list {fault.ListId} is used there by a campaign or journey and was not deleted. Take it out of them first, or keep the list."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "has no message"),
    };
}
