using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Muster.Control.Tokens;

namespace Muster.Control.Api;

/// <summary>Who makes a request.</summary>
/// <param name="Id"><c>person:3</c> or <c>token:7</c>; "" when nobody is signed in.</param>
/// <param name="Name">The token's name, or the person's address.</param>
/// <param name="Grants">What they may do in which project.</param>
/// <param name="Role">What they may do in the project that the request is about; where it is about none, the highest they may do anywhere.</param>
public sealed record Caller(string Id, string Name, Grants Grants, Role Role)
{
    private const string PersonPrefix = "person:";
    private const string GrantClaim = "muster:grant";
    private const string Everywhere = "*";

    /// <summary>The person; null when it is a token.</summary>
    public int? PersonId => Id.StartsWith(PersonPrefix, StringComparison.Ordinal)
        ? int.Parse(Id.AsSpan(PersonPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture)
        : null;

    /// <summary>A caller as such, before a request says which project it is about.</summary>
    public static Caller Of(string id, string name, Grants grants) => new(id, name, grants, grants.Highest ?? Role.Consumer);

    /// <summary>How a person is named in <see cref="Id"/>.</summary>
    public static string IdOfPerson(int id) => string.Create(CultureInfo.InvariantCulture, $"{PersonPrefix}{id}");

    /// <summary>How a token is named in <see cref="Id"/>.</summary>
    public static string IdOfToken(int id) => string.Create(CultureInfo.InvariantCulture, $"token:{id}");

    /// <summary>Reads the caller from the request; called by the framework.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    /// <summary>The caller of a request, with the role they have in its project.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? From(context.User);

    /// <summary>The caller that a principal stands for.</summary>
    public static Caller From(ClaimsPrincipal user)
    {
        Role? everywhere = null;
        var byProject = new Dictionary<int, Role>();
        foreach (var claim in user.FindAll(GrantClaim))
        {
            var colon = claim.Value.IndexOf(':', StringComparison.Ordinal);
            var role = Enum.Parse<Role>(claim.Value.AsSpan(colon + 1));
            if (claim.Value[..colon] == Everywhere)
            {
                everywhere = role;
            }
            else
            {
                byProject[int.Parse(claim.Value.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture)] = role;
            }
        }

        return Of(user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", user.Identity?.Name ?? "", new Grants(everywhere, byProject));
    }

    /// <summary>The principal that stands for this caller.</summary>
    /// <param name="scheme">How they signed in.</param>
    /// <param name="more">What the scheme has to say besides.</param>
    public ClaimsPrincipal ToPrincipal(string scheme, params IEnumerable<Claim> more)
    {
        var claims = new List<Claim>(more) { new(ClaimTypes.NameIdentifier, Id), new(ClaimTypes.Name, Name) };
        if (Grants.Everywhere is { } role)
        {
            claims.Add(new Claim(GrantClaim, $"{Everywhere}:{role}"));
        }

        claims.AddRange(Grants.ByProject.Select(g => new Claim(GrantClaim, string.Create(CultureInfo.InvariantCulture, $"{g.Key}:{g.Value}"))));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>Whether they may see a project at all; what they may not see does not exist for them (404).</summary>
    public bool Sees(int projectId) => Grants.In(projectId) is not null;

    /// <summary>The same caller in a project: what they may do there; null: the project does not exist for them.</summary>
    public Caller? In(int projectId) => Grants.In(projectId) is { } role ? this with { Role = role } : null;

    /// <summary>Whether they have at least a role in a project.</summary>
    public bool Has(Role least, int projectId) => Grants.In(projectId) >= least;
}
