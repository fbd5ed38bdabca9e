using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Projects;
using Muster.Control.Tokens;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Import;

/// <summary>Finds the project that the credentials of an import are good for.</summary>
/// <remarks>
/// Basic with the project's token or secret as user and no password; Basic with a service account, which here is the
/// name and text of an API token; Bearer with an API token. API tokens must be of role admin, as only owners and admins
/// of a Mixpanel project may import.
/// </remarks>
internal sealed class ImportAuthentication(ProjectDirectory projects, IDbContextFactory<ControlDb> factory, TimeProvider clock)
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    /// <summary>The project, or why the request is refused.</summary>
    public async Task<(int ProjectId, Refusal? Refusal)> FindProjectAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Query["project_id"].ToString();
        if (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var projectId) && wanted.Length > 0)
        {
            return (0, new Refusal(StatusCodes.Status400BadRequest, "project_id must be the number of a project"));
        }

        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return await ByApiTokenAsync(null, header[Bearer.Length..].Trim(), projectId, cancellationToken);
        }

        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) || Pair(header[Basic.Length..].Trim()) is not var (user, password))
        {
            return (0, Invalid);
        }

        return password.Length == 0
            ? await ByProjectAsync(user, projectId, cancellationToken)
            : await ByApiTokenAsync(user, password, projectId, cancellationToken);
    }

    private static Refusal Invalid => new(StatusCodes.Status401Unauthorized, "Invalid credentials");

    // Clients send 'user:password' as it is or in base64, which has no colon.
    private static (string User, string Password)? Pair(string credentials)
    {
        if (!credentials.Contains(':', StringComparison.Ordinal))
        {
            var bytes = new byte[credentials.Length];
            if (!Convert.TryFromBase64String(credentials, bytes, out var length))
            {
                return null;
            }

            credentials = Encoding.UTF8.GetString(bytes, 0, length);
        }

        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (credentials[..colon], credentials[(colon + 1)..]);
    }

    private async Task<(int ProjectId, Refusal? Refusal)> ByProjectAsync(string key, int wanted, CancellationToken cancellationToken)
    {
        var found = key.Length == 0
            ? null
            : await projects.FindByTokenAsync(key, cancellationToken) ?? await projects.FindBySecretAsync(key, cancellationToken);
        return found is not { } id ? (0, Invalid)
            : wanted != 0 && wanted != id ? (0, OtherProject)
            : (id, null);
    }

    private static Refusal OtherProject => new(StatusCodes.Status403Forbidden, "The credentials are not good for importing into this project_id");

    private async Task<(int ProjectId, Refusal? Refusal)> ByApiTokenAsync(string? name, string token, int wanted, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var caller = await ApiTokens.FindAsync(db, token, clock.GetUtcNow(), cancellationToken);
        if (caller is null || (name is not null && name != caller.Name))
        {
            return (0, Invalid);
        }

        var projectId = wanted != 0 ? wanted : caller.ProjectId ?? 0;
        if (projectId == 0)
        {
            return (0, new Refusal(StatusCodes.Status400BadRequest, "project_id is required with these credentials"));
        }

        return caller.Role == Role.Admin && caller.Sees(projectId) && await projects.FindByIdAsync(projectId, cancellationToken) is not null
            ? (projectId, null)
            : (0, OtherProject);
    }
}
