using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Tokens;

namespace Muster.Control.Api;

/// <summary>At least a role, in the project that the request is about.</summary>
internal sealed record RoleRequirement(Role Least) : IAuthorizationRequirement;

/// <summary>
/// The one place where roles are enforced: for REST, for pages, and for whoever asks <see cref="IAuthorizationService"/>
/// with a project's id as the resource.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Find the project that the request is about.</item>
/// <item>Find the caller's role in it. A project they have none in does not exist for them: 404, as for an id that nobody has.</item>
/// <item>Compare with what is needed, and leave the caller with that role for the endpoint.</item>
/// </list>
/// Someone who has the needed role nowhere is told so (403) whatever the id: that says nothing about the id.
/// </remarks>
internal sealed class RoleHandler(IDbContextFactory<ControlDb> factory) : AuthorizationHandler<RoleRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        var caller = Caller.From(context.User);
        if (caller.Grants.Highest is not { } highest || highest < requirement.Least)
        {
            return;
        }

        var role = caller.Grants.Everywhere;
        if (role is null)
        {
            // 1 project
            var asked = context.Resource switch
            {
                HttpContext http => RequestProject.Of(http),
                int projectId => new RequestProject.Asked("project", projectId),
                _ => null,
            };

            // 2 role
            role = asked is null ? highest
                : await RequestProject.FindAsync(factory, asked, CancellationOf(context)) is { } id ? caller.Grants.In(id)
                : null;
            if (role is null)
            {
                HiddenAsNotFound.Mark(context.Resource as HttpContext, asked!);
                return;
            }
        }

        // 3 compare
        if (role >= requirement.Least)
        {
            (context.Resource as HttpContext)?.Features.Set(caller with { Role = role.Value });
            context.Succeed(requirement);
        }
    }

    private static CancellationToken CancellationOf(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http ? http.RequestAborted : CancellationToken.None;
}
