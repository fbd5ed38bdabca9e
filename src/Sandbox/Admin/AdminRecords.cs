using System.Text.Json.Serialization;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;
using Muster.Sandbox.Faults;

namespace Muster.Sandbox.Admin;

internal sealed record SandboxState(
    string ProjectType,
    string DataCenter,
    SandboxSettings Settings,
    int Users,
    IReadOnlyList<string> ChannelUnsubscribed,
    IReadOnlyList<StateList> Lists);

internal sealed record StateList(
    long Id, string Name, DateTimeOffset CreatedAt, bool InUse, int Size, IReadOnlyList<StateMember>? Members);

internal sealed record StateMember(string? Email, string? UserId, DateTimeOffset AddedAt);

internal sealed record SandboxCalls(int MostInFlight, IReadOnlyList<CallTotal> Totals, IReadOnlyList<SandboxCall> Calls);

internal sealed record PlantedRequest(
    FailureClass Class, IReadOnlyList<string>? Emails = null, IReadOnlyList<string>? UserIds = null);

internal sealed record MembersRequest(IReadOnlyList<SubscriberRow>? Add = null, IReadOnlyList<SubscriberRow>? Remove = null);

internal sealed record MembersChanged(int Added, int Removed);

internal sealed record InUseRequest(bool InUse);

/// <summary>The options that may change while the sandbox runs; what is left out stays.</summary>
internal sealed record SandboxSettings
{
    public double? Rate { get; init; }

    public int? ReadsPerMinute { get; init; }

    public int? BatchLimit { get; init; }

    public int? LatencyMs { get; init; }

    public int? NewListDelayMs { get; init; }

    public int? SizeLagMs { get; init; }

    public bool? KeepBodies { get; init; }

    public static SandboxSettings Of(SandboxOptions options) => new()
    {
        Rate = options.Rate,
        ReadsPerMinute = options.ReadsPerMinute,
        BatchLimit = options.BatchLimit,
        LatencyMs = options.LatencyMs,
        NewListDelayMs = options.NewListDelayMs,
        SizeLagMs = options.SizeLagMs,
        KeepBodies = options.KeepBodies,
    };

    public SandboxOptions Over(SandboxOptions options) => options with
    {
        Rate = Rate ?? options.Rate,
        ReadsPerMinute = ReadsPerMinute ?? options.ReadsPerMinute,
        BatchLimit = BatchLimit ?? options.BatchLimit,
        LatencyMs = LatencyMs ?? options.LatencyMs,
        NewListDelayMs = NewListDelayMs ?? options.NewListDelayMs,
        SizeLagMs = SizeLagMs ?? options.SizeLagMs,
        KeepBodies = KeepBodies ?? options.KeepBodies,
    };
}

internal sealed record AdminAnswer(string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxState))]
[JsonSerializable(typeof(SandboxCalls))]
[JsonSerializable(typeof(PlantedRequest))]
[JsonSerializable(typeof(PlantedFault))]
[JsonSerializable(typeof(IReadOnlyList<PlantedFault>))]
[JsonSerializable(typeof(MembersRequest))]
[JsonSerializable(typeof(MembersChanged))]
[JsonSerializable(typeof(InUseRequest))]
[JsonSerializable(typeof(SandboxSettings))]
[JsonSerializable(typeof(AdminAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
