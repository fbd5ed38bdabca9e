namespace Muster.Warehouse.Messages;

/// <summary>A message event that was read and is to be stored.</summary>
public sealed record NewMessage
{
    /// <summary>What its insert ids begin with; with <see cref="Source"/> it tells message events from all others.</summary>
    public const string InsertIdPrefix = "iterable-";

    /// <summary>The <c>$source</c> of all of them.</summary>
    public const string Source = "iterable";

    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Its name as Iterable spells it, at most 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Iterable's userId; null when there is none.</summary>
    public string? UserId { get; init; }

    /// <summary>The address, trimmed and in lower case; null when there is none.</summary>
    public string? Email { get; init; }

    /// <summary>When it happened, UTC; null: Iterable did not say, and it counts as of its arrival.</summary>
    public DateTime? Time { get; init; }

    /// <summary>A hash of its content that begins with <see cref="InsertIdPrefix"/>.</summary>
    public required string InsertId { get; init; }

    /// <summary>The properties as a valid JSON object in UTF-8. Not to be changed until the event is stored.</summary>
    public required ReadOnlyMemory<byte> Properties { get; init; }

    /// <summary>The connection whose forwarding queue it enters with being stored; null: it is not forwarded.</summary>
    public int? ForwardOver { get; init; }

    /// <summary>When it arrived, UTC, to the millisecond.</summary>
    public required DateTime ReceivedAt { get; init; }
}
