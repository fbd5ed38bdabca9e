using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Projects;
using Muster.Control.Tokens;

namespace Muster.Identity.Privacy;

/// <summary>Who may ask through Mixpanel's privacy interface, and in its words when not.</summary>
internal sealed class PrivacyGate(IDbContextFactory<ControlDb> factory, ProjectDirectory projects, TimeProvider clock)
{
    private const string Bearer = "Bearer ";

    /// <summary>The project that <c>?token=</c> names and the admin whose API token came along; or the answer.</summary>
    public async Task<(int ProjectId, Caller? Caller, IResult? Refused)> EnterAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var header = request.Headers.Authorization.ToString();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var caller = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? await ApiTokens.FindAsync(db, header[Bearer.Length..].Trim(), clock.GetUtcNow(), cancellationToken)
            : null;
        if (caller is null)
        {
            return (0, null, Refuse(StatusCodes.Status401Unauthorized, "send 'Authorization: Bearer TOKEN' with an API token that is known and has not expired"));
        }

        var token = request.Query["token"].ToString();
        var projectId = token.Length > 0 ? await projects.FindByTokenAsync(token, cancellationToken) : null;
        if (projectId is { } id && caller.Has(Role.Admin, id))
        {
            // For the audit log: they act in this project.
            request.HttpContext.Features.Set(Caller.Of(caller.Id, caller.Name, Grants.Of(Role.Admin, id)));
            return (id, caller, null);
        }

        return (0, null, Refuse(StatusCodes.Status403Forbidden, "?token= must be the token of a project that the API token is an admin of"));
    }

    /// <summary>An error as this interface words it.</summary>
    public static IResult Refuse(int status, string error) =>
        TypedResults.Json(new Dictionary<string, string> { ["error"] = error, ["status"] = "error" }, statusCode: status);
}
