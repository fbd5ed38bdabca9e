using Muster.Identity.Merging;
using Muster.Warehouse.Events;

namespace Muster.Ingestion.Decoding;

/// <summary>What one record came to: an event, a fault, or neither when it is valid but not to be stored.</summary>
internal readonly record struct DecodedEvent
{
    /// <summary>The event; its project is known only from <see cref="Token"/> or the request's credentials.</summary>
    public NewEvent? Event { get; init; }

    /// <summary>Who did it, as sent; read into the event when the rules name the ID-merge system.</summary>
    public SentIdentity Identity { get; init; }

    /// <summary>Why it is refused.</summary>
    public RecordFault? Fault { get; init; }

    /// <summary>The property <c>token</c>, which names the project on /track.</summary>
    public string? Token { get; init; }
}
