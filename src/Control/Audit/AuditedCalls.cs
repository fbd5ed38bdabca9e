using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Api;

namespace Muster.Control.Audit;

/// <summary>Audits requests: what they change in control data, and calls that are audited as such.</summary>
public static class AuditedCalls
{
    /// <summary>Logs each call of an endpoint that succeeds, for what changes no control data: exports, approvals, deletions of people's data.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="action">What the log calls it, as <c>members.exported</c>.</param>
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, string action)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Call(action));

    /// <summary>Adds it; after authentication and routing.</summary>
    public static IApplicationBuilder UseAudit(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var metadata = context.GetEndpoint()?.Metadata;
        var call = metadata?.GetMetadata<Call>();
        if (call is null && (metadata is null || HttpMethods.IsGet(context.Request.Method) || IsOpen(metadata)))
        {
            await next(context);
            return;
        }

        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        using var acting = Actor.Act(context, clock);
        if (call is not null)
        {
            // Before the first byte of the answer: nothing leaves without its entry.
            context.Response.OnStarting(() => context.Response.StatusCode < StatusCodes.Status300MultipleChoices ? LogAsync(context, call, clock) : Task.CompletedTask);
        }

        await next(context);
    });

    // Ingestion, webhooks, queries: they change no control data, and there are very many of them.
    private static bool IsOpen(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<IAllowAnonymous>() is not null && metadata.GetMetadata<SameOriginOnly>() is null;

    private static async Task LogAsync(HttpContext context, Call call, TimeProvider clock)
    {
        var factory = context.RequestServices.GetRequiredService<IDbContextFactory<ControlDb>>();
        var caller = Caller.Of(context);
        var asked = RequestProject.Of(context) is { } named && RequestProject.Knows(named.Kind) ? named : null;
        var projectId = asked is null
            ? caller.Grants.ByProject.Keys.Select(k => (int?)k).SingleOrDefault()
            : await RequestProject.FindAsync(factory, asked, CancellationToken.None);
        await using var db = await factory.CreateDbContextAsync(CancellationToken.None);
        db.Audit.Add(AuditTrail.Entry(
            caller, Actor.FromOf(context), clock.GetUtcNow(), call.Action, projectId,
            asked is not null ? string.Create(CultureInfo.InvariantCulture, $"{asked.Kind}:{asked.Id}")
                : projectId is null ? "installation" : string.Create(CultureInfo.InvariantCulture, $"project:{projectId}"),
            null, null));
        await db.SaveChangesAsync(CancellationToken.None);
    }

    private sealed record Call(string Action);
}
