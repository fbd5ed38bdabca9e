namespace Muster.Iterable.Calls;

/// <summary>A call, the same for each of its tries.</summary>
internal sealed record CallRequest
{
    /// <summary>What it does, in a word or two, for spans and figures.</summary>
    public required string Operation { get; init; }

    /// <summary>How many subscribers its body names; null when it is not about subscribers.</summary>
    public int? Subscribers { get; init; }

    /// <summary>The method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The path and query under the API's root, as <c>api/lists</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The JSON sent.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The list that it is about; 404 then means that this list is gone.</summary>
    public long? ListId { get; init; }

    /// <summary>How long a try may take.</summary>
    public required TimeSpan Timeout { get; init; }
}
