namespace Muster.Sandbox.Webhooks;

/// <summary>A system webhook, as it is set up in the project.</summary>
internal sealed record Webhook
{
    public required long Id { get; init; }

    public required string Endpoint { get; init; }

    /// <summary><c>NoAuth</c>, <c>Basic</c> or <c>OAuth2</c>: the first word of the Authorization header.</summary>
    public required string AuthType { get; init; }

    /// <summary>The rest of that header; no API shows it.</summary>
    public string? AuthToken { get; init; }

    public required bool Enabled { get; init; }

    public required bool BlastSendEnabled { get; init; }

    public required bool TriggeredSendEnabled { get; init; }

    /// <summary>The Authorization header of its calls; null: none.</summary>
    public string? Authorization => AuthType switch
    {
        "Basic" => $"Basic {AuthToken}",
        "OAuth2" => $"Bearer {AuthToken}",
        _ => null,
    };
}
