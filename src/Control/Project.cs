using System.Text.Json.Serialization;

namespace Muster.Control;

/// <summary>Owns people, events, cohorts, connections and syncs.</summary>
public sealed class Project
{
    /// <summary>The numeric id.</summary>
    public int Id { get; init; }

    /// <summary>Its name, 1-255 characters.</summary>
    public required string Name { get; set; }

    /// <summary>IANA time zone: days, dates and months of its cohorts are taken in it.</summary>
    public required string Timezone { get; set; }

    /// <summary>How its ids are merged; fixed for life.</summary>
    public required IdMerge IdMerge { get; init; }

    /// <summary>The ingestion token: it names the project in /track and /engage, and authorises nothing else.</summary>
    public required string Token { get; init; }

    /// <summary>The secret for /import and queries; shown to admins only.</summary>
    public required string ApiSecret { get; init; }

    /// <summary>The number of monthly tracked users at which its people are told; null: none.</summary>
    public long? MtuAlert { get; set; }

    /// <summary>The last month they were told of, as <c>2026-11</c>: once is enough.</summary>
    public string? MtuAlertedFor { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The two ID-merge systems.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IdMerge>))]
public enum IdMerge
{
    /// <summary>A device belongs to the first user it is seen with.</summary>
    [JsonStringEnumMemberName("simplified")] Simplified,

    /// <summary>Clusters of up to 500 ids built by $identify, $create_alias and $merge.</summary>
    [JsonStringEnumMemberName("original")] Original,
}
