namespace Muster.Ingestion.Decoding;

/// <summary>How much of a list or an object is taken.</summary>
/// <param name="Bytes">How many of its bytes are kept.</param>
/// <param name="ListMembers">How many elements a list may have; an object may have <see cref="Limits.Members"/>.</param>
internal readonly record struct ValueLimits(int Bytes, int ListMembers)
{
    /// <summary>On events.</summary>
    public static ValueLimits OfEvents => new(Limits.EventContainerBytes, Limits.Members);

    /// <summary>On profiles: lists grow by $append and $union, and nothing documented bounds them but their bytes.</summary>
    public static ValueLimits OfProfiles => new(Limits.ProfileContainerBytes, int.MaxValue);
}
