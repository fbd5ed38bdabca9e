using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;

namespace Muster.Control.Api;

/// <summary>Which project a request is about, as its path says: the first id in it, and the word before that.</summary>
internal static class RequestProject
{
    /// <summary>Something asked for by its id.</summary>
    /// <param name="Kind">What it is: <c>project</c>, <c>cohort</c>, …; a word that is not known here is nobody's.</param>
    /// <param name="Id">Its id; null: what stands there is none.</param>
    public sealed record Asked(string Kind, long? Id);

    /// <summary>What a request asks for; null when its path has no ids.</summary>
    public static Asked? Of(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint endpoint && KindOf(endpoint.RoutePattern) is var (kind, parameter)
            ? new Asked(kind, IdOf(context.Request.RouteValues[parameter]))
            : null;

    /// <summary>The word and the name of the first parameter of a path: <c>/api/v1/cohorts/{id}</c> is about a <c>cohort</c>.</summary>
    public static (string Kind, string Parameter)? KindOf(RoutePattern pattern)
    {
        var word = "";
        foreach (var part in pattern.PathSegments.Select(s => s.Parts[0]))
        {
            switch (part)
            {
                case RoutePatternLiteralPart literal:
                    word = literal.Content;
                    break;
                case RoutePatternParameterPart parameter:
                    return (word.TrimEnd('s').ToLowerInvariant(), parameter.Name);
            }
        }

        return null;
    }

    /// <summary>Whether <see cref="FindAsync"/> knows whose a thing of this kind is.</summary>
    public static bool Knows(string kind) => kind is "project" or "cohort" or "connection" or "sync" or "run" or "token";

    /// <summary>The project that something belongs to; null: there is no such thing, or it belongs to no single project.</summary>
    public static async Task<int?> FindAsync(IDbContextFactory<ControlDb> factory, Asked asked, CancellationToken cancellationToken)
    {
        if (asked.Id is not { } number)
        {
            return null;
        }

        // Runs have long ids, all others ints: a larger number is the id of nothing.
        var id = number <= int.MaxValue ? (int)number : 0;
        if (asked.Kind == "project")
        {
            return id;
        }

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return asked.Kind switch
        {
            "cohort" => await db.Cohorts.Where(c => c.Id == id).Select(c => (int?)c.ProjectId).SingleOrDefaultAsync(cancellationToken),
            "connection" => await db.Connections.Where(c => c.Id == id).Select(c => (int?)c.ProjectId).SingleOrDefaultAsync(cancellationToken),
            "sync" => await db.Syncs.Where(s => s.Id == id).Select(s => (int?)s.ProjectId).SingleOrDefaultAsync(cancellationToken),
            "run" => await db.Runs.Where(r => r.Id == number)
                .Join(db.Syncs, r => r.SyncId, s => s.Id, (_, s) => (int?)s.ProjectId).SingleOrDefaultAsync(cancellationToken),
            "token" => await db.Tokens.Where(t => t.Id == id).Select(t => t.ProjectId).SingleOrDefaultAsync(cancellationToken),
            _ => null,
        };
    }

    private static long? IdOf(object? value) =>
        long.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
