using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Iterable.Connections;

/// <summary>A connection as the REST interface shows it.</summary>
internal sealed record ConnectionView
{
    public required int Id { get; init; }

    public string Type { get; } = "iterable";

    public required string Name { get; init; }

    public required ConnectionStatus Status { get; init; }

    public required DataCenter DataCenter { get; init; }

    public required ProjectType ProjectType { get; init; }

    public required UserIdFallback UserIdFallback { get; init; }

    public required string ApiKeyHint { get; init; }

    public required WebhookView Webhook { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public static ConnectionView Of(Connection connection, Caller caller, HttpRequest request, Secrets secrets) => new()
    {
        Id = connection.Id,
        Name = connection.Name,
        Status = connection.Status,
        DataCenter = connection.DataCenter,
        ProjectType = connection.ProjectType,
        UserIdFallback = connection.UserIdFallback,
        ApiKeyHint = connection.ApiKeyHint,
        Webhook = new WebhookView(
            string.Create(CultureInfo.InvariantCulture, $"{request.Scheme}://{request.Host}{request.PathBase}/hooks/iterable/{connection.Id}"),
            caller.Role == Role.Admin ? Authorization(connection, secrets) : null),
        CreatedAt = connection.CreatedAt,
        CreatedBy = connection.CreatedBy,
    };

    // A data folder without its keys must not make its connections invisible: runs say what is wrong with it.
    private static string? Authorization(Connection connection, Secrets secrets)
    {
        try
        {
            return secrets.Unprotect(connection.ProtectedWebhookAuthorization);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>What to enter in Iterable for its system webhooks.</summary>
/// <param name="Url">Where Iterable sends them.</param>
/// <param name="Authorization">The Authorization header it must send; shown to admins only.</param>
internal sealed record WebhookView(string Url, string? Authorization);
