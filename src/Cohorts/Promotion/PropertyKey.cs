using System.Text.Json.Serialization;

namespace Muster.Cohorts.Promotion;

/// <summary>What has properties.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PropertyOwner>))]
internal enum PropertyOwner
{
    [JsonStringEnumMemberName("event")] Event,
    [JsonStringEnumMemberName("profile")] Profile,
}

/// <summary>A property of a project's events or profiles, named as definitions name it: dots reach into objects.</summary>
internal sealed record PropertyKey(int ProjectId, PropertyOwner Owner, string Name);
