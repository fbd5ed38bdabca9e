using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Muster.Control.Tokens;

namespace Muster.Control.Api;

/// <summary>Who makes a request.</summary>
/// <param name="Name">The token's name, or the person's address.</param>
/// <param name="Role">What they may do.</param>
/// <param name="ProjectId">The one project they see; null: every project.</param>
public sealed record Caller(string Name, Role Role, int? ProjectId)
{
    private const string ProjectClaim = "muster:project";

    /// <summary>Reads the caller from the request; called by the framework.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(From(context.User));

    /// <summary>The caller that a principal stands for.</summary>
    public static Caller From(ClaimsPrincipal user) => new(
        user.Identity?.Name ?? "",
        Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : Role.Consumer,
        int.TryParse(user.FindFirstValue(ProjectClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var project) ? project : null);

    /// <summary>The principal that stands for this caller.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, Name), new(ClaimTypes.Role, Role.ToString()) };
        if (ProjectId is { } id)
        {
            claims.Add(new Claim(ProjectClaim, id.ToString(CultureInfo.InvariantCulture)));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>Whether they may see a project at all; what they may not see does not exist for them (404).</summary>
    public bool Sees(int projectId) => ProjectId is null || ProjectId == projectId;
}
