using Muster.Warehouse.Identities;

namespace Muster.Warehouse.Events;

/// <summary>An event that was checked and is to be stored.</summary>
public sealed record NewEvent
{
    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Its name, at most 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Who did it, as sent; "" is nobody.</summary>
    public required string DistinctId { get; init; }

    /// <summary>When, UTC, to the millisecond.</summary>
    public required DateTime Time { get; init; }

    /// <summary>What makes a second arrival of it a duplicate, together with project, name, distinct id and time.</summary>
    public required string InsertId { get; init; }

    /// <summary>Whether <see cref="InsertId"/> was made here because none came: such an event has no duplicates.</summary>
    public bool InsertIdIsOurs { get; init; }

    /// <summary>The property <c>$source</c>: which integration sent it.</summary>
    public string? Source { get; init; }

    /// <summary>The properties as a valid JSON object in UTF-8, without token, time, distinct id and insert id. Not to be changed until the event is stored.</summary>
    public required ReadOnlyMemory<byte> Properties { get; init; }

    /// <summary>What it says of which ids are one person; null for most.</summary>
    public IdentityClaim? Claim { get; init; }

    /// <summary>When it arrived, UTC, to the millisecond. An event whose time came from this clock has it as <see cref="Time"/> too.</summary>
    public required DateTime ReceivedAt { get; init; }
}
