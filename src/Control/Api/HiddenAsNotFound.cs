using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Muster.Control.Api;

/// <summary>Answers 404 where a request is about something of a project that the caller has no part in.</summary>
internal sealed class HiddenAsNotFound : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _others = new();

    /// <summary>Notes it for the answer.</summary>
    public static void Mark(HttpContext? context, RequestProject.Asked asked) => context?.Features.Set(asked);

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Forbidden && context.Features.Get<RequestProject.Asked>() is { } asked
            ? ApiProblem.NotFound(asked.Kind).ExecuteAsync(context)
            : _others.HandleAsync(next, context, policy, authorizeResult);
}
