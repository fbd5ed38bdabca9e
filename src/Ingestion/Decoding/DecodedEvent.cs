using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Muster.Identity.Merging;
using Muster.Warehouse.Events;

namespace Muster.Ingestion.Decoding;

/// <summary>What one record came to: an event, a fault, or neither when it is valid but not to be stored.</summary>
/// <remarks>Kept small: a request has a list of 2,000 of these.</remarks>
internal readonly record struct DecodedEvent
{
    /// <summary>The event; its project is known only from <see cref="Token"/> or the request's credentials.</summary>
    public NewEvent? Event { get; init; }

    /// <summary>Who did it, as sent; null when it was read into the event, as the rules name the ID-merge system.</summary>
    public StrongBox<SentIdentity>? Identity { get; init; }

    /// <summary>Why it is refused.</summary>
    public RecordFault? Fault { get; init; }

    /// <summary>The property <c>token</c>, which names the project on /track.</summary>
    public string? Token { get; init; }

    /// <summary>How many bytes the property that simplified merge adds has, at the end of the event's.</summary>
    public int Derived { get; init; }

    /// <summary>The event with whose it is in a project.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="read">How its ID-merge system reads <see cref="Identity"/>.</param>
    public NewEvent Of(int projectId, IdentityReading read)
    {
        var properties = Event!.Properties;
        if (Derived > 0 && read.Derived is null)
        {
            properties = properties[..^Derived];
            MemoryMarshal.AsMemory(properties).Span[^1] = (byte)'}';
        }

        return Event with { ProjectId = projectId, DistinctId = read.DistinctId, Claim = read.Claim, Properties = properties };
    }
}
