using System.Text.Json.Serialization;

namespace Muster.Host.Doctor;

/// <summary>What one look of <c>muster doctor</c> says.</summary>
/// <param name="Check">What was looked at, as <c>diskSpace</c>.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">What was found, in a sentence; never a secret, an address or a key.</param>
/// <param name="Fix">What to do about it; null: nothing.</param>
internal sealed record Finding(string Check, FindingStatus Status, string Detail, string? Fix)
{
    public static Finding Ok(string check, string detail) => new(check, FindingStatus.Ok, detail, null);

    public static Finding Warning(string check, string detail, string fix) => new(check, FindingStatus.Warning, detail, fix);

    public static Finding Failed(string check, string detail, string fix) => new(check, FindingStatus.Failed, detail, fix);
}

/// <summary>How something is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FindingStatus>))]
internal enum FindingStatus
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")] Ok,

    /// <summary>Muster works; someone should look at it.</summary>
    [JsonStringEnumMemberName("warning")] Warning,

    /// <summary>Muster does not work, or will not after its next start.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}
