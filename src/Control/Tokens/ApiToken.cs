using System.Text.Json.Serialization;

namespace Muster.Control.Tokens;

/// <summary>A token for machines; only its hash is kept.</summary>
public sealed class ApiToken
{
    /// <summary>The numeric id.</summary>
    public int Id { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>What its bearer may do.</summary>
    public required Role Role { get; init; }

    /// <summary>The one project it is good for; null: every project.</summary>
    public int? ProjectId { get; init; }

    /// <summary>SHA-256 of the token, hex: the token is 256 random bits, so a slow hash would add nothing.</summary>
    public required string Hash { get; init; }

    /// <summary>When it stops working; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it; null: it is from a version that did not write that down.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>When it was last used, to within a few minutes; null: never.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>What someone may do in a project; each role may do what the ones before it may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Read, without addresses.</summary>
    [JsonStringEnumMemberName("consumer")] Consumer,

    /// <summary>Cohorts, data, previews, receipts.</summary>
    [JsonStringEnumMemberName("analyst")] Analyst,

    /// <summary>Everything.</summary>
    [JsonStringEnumMemberName("admin")] Admin,
}
