using System.Text.Json;

namespace Muster.Warehouse.Privacy;

/// <summary>What a room keeps about people beside their events, profile and ids. Each room that keeps something has one.</summary>
public interface IPersonalData
{
    /// <summary>Deletes it, or has it deleted as soon as it has done what it is still needed for. May be called again.</summary>
    Task EraseAsync(PersonRecord person, CancellationToken cancellationToken);

    /// <summary>Writes what is held as one or more properties of the open object.</summary>
    Task WriteAsync(PersonRecord person, Utf8JsonWriter writer, CancellationToken cancellationToken);
}

/// <summary>A person as the store knows them.</summary>
public sealed record PersonRecord
{
    /// <summary>The project.</summary>
    public required int ProjectId { get; init; }

    /// <summary>The id that was asked for.</summary>
    public required string AskedFor { get; init; }

    /// <summary>The canonical id; null when nobody has the id.</summary>
    public required string? CanonicalId { get; init; }

    /// <summary>All distinct ids of the person; of an unknown one, the id that was asked for.</summary>
    public required IReadOnlyList<string> DistinctIds { get; init; }

    /// <summary>The numbers that stand for them.</summary>
    public required IReadOnlyList<int> UserIds { get; init; }
}
