using Muster.Control;

namespace Muster.Ingestion.Decoding;

/// <summary>How the endpoints differ in what they ask of an event.</summary>
internal sealed record EventRules
{
    /// <summary>The moment of arrival, UTC, to the millisecond.</summary>
    public required DateTime Now { get; init; }

    /// <summary>Whether a time, a distinct id and an insert id must be there and be proper (/import, strict).</summary>
    public required bool Strict { get; init; }

    /// <summary>Whether <c>time</c> must be there, in the past and after 1970 (/import). Otherwise arrival stands in for it, and what is older than five days is dropped (/track).</summary>
    public required bool Import { get; init; }

    /// <summary>The project's ID-merge system; null as long as only each event's token names the project.</summary>
    public IdMerge? IdMerge { get; init; }

    /// <summary>The distinct id of events that come without; "" is nobody.</summary>
    public string Anonymous { get; init; } = "";
}
