using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Projects;

namespace Muster.Control.Tokens;

/// <summary>Finds the project that the credentials of a Mixpanel-compatible request are good for.</summary>
/// <remarks>
/// Basic with the project's secret as user and no password; where it is taken, the project's token in the same way;
/// Basic with a service account, which here is the name and the text of an API token, with <c>project_id</c>; Bearer with
/// an API token. Basic credentials come in base64 or as they are. <c>workspace_id</c> is accepted and means nothing here.
/// </remarks>
public sealed class ProjectCredentials(ProjectDirectory projects, IDbContextFactory<ControlDb> factory, TimeProvider clock)
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    private static readonly ProjectAccess Invalid = new ProjectAccess.Refused(StatusCodes.Status401Unauthorized, "Invalid credentials");

    private static readonly ProjectAccess OtherProject = new ProjectAccess.Refused(
        StatusCodes.Status403Forbidden, "The credentials are not good for this project_id");

    /// <summary>The project, or why the request is refused.</summary>
    /// <param name="request">Its header <c>Authorization</c> and query parameter <c>project_id</c> are read.</param>
    /// <param name="least">The role that an API token must have.</param>
    /// <param name="takesProjectToken">Whether the project's ingestion token is good as well: for imports, not for queries.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ProjectAccess> FindAsync(HttpRequest request, Role least, bool takesProjectToken, CancellationToken cancellationToken)
    {
        var wanted = request.Query["project_id"].ToString();
        if (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var projectId) && wanted.Length > 0)
        {
            return new ProjectAccess.Refused(StatusCodes.Status400BadRequest, "project_id must be the number of a project");
        }

        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return await ByApiTokenAsync(request, null, header[Bearer.Length..].Trim(), projectId, least, cancellationToken);
        }

        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) || Pair(header[Basic.Length..].Trim()) is not var (user, password))
        {
            return Invalid;
        }

        return password.Length == 0
            ? await ByProjectAsync(request, user, projectId, takesProjectToken, cancellationToken)
            : await ByApiTokenAsync(request, user, password, projectId, least, cancellationToken);
    }

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

    private async Task<ProjectAccess> ByProjectAsync(
        HttpRequest request, string key, int wanted, bool takesProjectToken, CancellationToken cancellationToken)
    {
        if (key.Length == 0)
        {
            return Invalid;
        }

        var found = await projects.FindBySecretAsync(key, cancellationToken)
            ?? (takesProjectToken ? await projects.FindByTokenAsync(key, cancellationToken) : null);
        return found is not { } id ? Invalid
            : wanted != 0 && wanted != id ? OtherProject
            : Grant(request, $"secret:{id}", "the project's secret", id, Role.Admin);
    }

    private async Task<ProjectAccess> ByApiTokenAsync(
        HttpRequest request, string? name, string token, int wanted, Role least, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var caller = await ApiTokens.FindAsync(db, token, clock.GetUtcNow(), cancellationToken);
        if (caller is null || (name is not null && name != caller.Name))
        {
            return Invalid;
        }

        var projectId = wanted != 0 ? wanted : caller.Grants.ByProject.Keys.SingleOrDefault();
        if (projectId == 0)
        {
            return new ProjectAccess.Refused(StatusCodes.Status400BadRequest, "project_id is required with these credentials");
        }

        if (!caller.Sees(projectId) || await projects.FindByIdAsync(projectId, cancellationToken) is null)
        {
            return OtherProject;
        }

        return caller.In(projectId)!.Role is var role && role >= least
            ? Grant(request, caller.Id, caller.Name, projectId, role)
            : new ProjectAccess.Refused(StatusCodes.Status403Forbidden, $"The role of these credentials is not enough: this takes {Word(least)}");
    }

    // For the audit log: whoever it is acts in this project.
    private static ProjectAccess.Granted Grant(HttpRequest request, string id, string name, int projectId, Role role)
    {
        request.HttpContext.Features.Set(Caller.Of(id, name, Grants.Of(role, projectId)));
        return new ProjectAccess.Granted(projectId, role);
    }

    private static string Word(Role role) => role switch
    {
        Role.Admin => "an admin",
        Role.Analyst => "an analyst or an admin",
        _ => "any role",
    };
}

/// <summary>What credentials are good for.</summary>
public abstract record ProjectAccess
{
    private ProjectAccess()
    {
    }

    /// <summary>They are good for a project.</summary>
    /// <param name="ProjectId">The project.</param>
    /// <param name="Role">The role of the API token; admin for the project's own secret and token.</param>
    public sealed record Granted(int ProjectId, Role Role) : ProjectAccess;

    /// <summary>The request is refused.</summary>
    /// <param name="Status">400, 401 or 403.</param>
    /// <param name="Message">Why.</param>
    public sealed record Refused(int Status, string Message) : ProjectAccess;
}
