using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Muster.Control.Audit;
using Muster.Control.Projects;
using Muster.Identity.Merging;

namespace Muster.Identity.Privacy;

/// <summary>Mixpanel's <c>/api/app/data-deletions/v3.0</c> and <c>/api/app/data-retrievals/v3.0</c>.</summary>
/// <remarks>
/// <c>?token=</c> names the project; <c>Authorization: Bearer</c> takes an API token of role admin. Deletions are carried
/// out within seconds and can be revoked until then; a retrieval is ready at once, and made when it is fetched.
/// </remarks>
internal static class MixpanelPrivacyEndpoints
{
    private const int MostDeletions = 1999;
    private const int MostRetrievals = 2000;

    public static void MapMixpanelPrivacy(this IEndpointRouteBuilder endpoints)
    {
        var deletions = endpoints.MapGroup("/api/app/data-deletions/v3.0").WithTags("privacy").AllowAnonymous();
        deletions.MapPost("", (HttpContext c, PrivacyGate g, PrivacyRequests r, ProjectDirectory p, TimeProvider t) => CreateAsync(PrivacyRequest.Deletion, c, g, r, p, t))
            .Audited("users.deletion_asked").WithSummary("Delete people (Mixpanel)");
        deletions.MapGet("/{trackingId}", GetDeletionAsync).WithSummary("How far a deletion is (Mixpanel)");
        deletions.MapDelete("/{trackingId}", RevokeAsync).WithSummary("Call a deletion off that has not started (Mixpanel)");
        var retrievals = endpoints.MapGroup("/api/app/data-retrievals/v3.0").WithTags("privacy").AllowAnonymous();
        retrievals.MapPost("", (HttpContext c, PrivacyGate g, PrivacyRequests r, ProjectDirectory p, TimeProvider t) => CreateAsync(PrivacyRequest.Retrieval, c, g, r, p, t))
            .WithSummary("Ask for what is held about people (Mixpanel)");
        retrievals.MapGet("/{trackingId}", GetRetrievalAsync).WithSummary("Where a retrieval's data is (Mixpanel)");
        retrievals.MapGet("/{trackingId}/export", ExportAsync).Audited("users.exported").WithSummary("A retrieval's data: one JSON object for each person, a line each");
    }

    private static async Task<IResult> CreateAsync(
        string kind, HttpContext context, PrivacyGate gate, PrivacyRequests requests, ProjectDirectory projects, TimeProvider clock)
    {
        var aborted = context.RequestAborted;
        var (projectId, caller, refused) = await gate.EnterAsync(context.Request, aborted);
        if (refused is not null)
        {
            return refused;
        }

        var (ids, compliance, fault) = await ReadAsync(context.Request, kind == PrivacyRequest.Deletion ? MostDeletions : MostRetrievals);
        if (fault is not null)
        {
            return PrivacyGate.Refuse(StatusCodes.Status400BadRequest, fault);
        }

        var system = await projects.FindIdMergeAsync(projectId, aborted);
        var request = new PrivacyRequest
        {
            TrackingId = Guid.NewGuid().ToString("N"),
            Kind = kind,
            ProjectId = projectId,
            ComplianceType = compliance,
            RequestedBy = caller!.Name,
            RequestedAt = clock.GetUtcNow().UtcDateTime,
            Status = kind == PrivacyRequest.Deletion ? PrivacyRequest.Pending : PrivacyRequest.Success,
            IdCount = ids.Count,
            DistinctIds = [.. ids.Select(id => IdentityReading.Stored(id, system!.Value)).Distinct()],
        };
        await requests.AddAsync(request, aborted);

        // The guide shows a list of requests with tracking_id, the OpenAPI file one object with task_id: each finds its own.
        return Answer(StatusCodes.Status201Created, new[] { View(request, withTaskId: true) });
    }

    private static async Task<IResult> GetDeletionAsync(string trackingId, HttpContext context, PrivacyGate gate, PrivacyRequests requests)
    {
        var (request, refused) = await FindAsync(trackingId, PrivacyRequest.Deletion, context, gate, requests);
        return refused ?? Answer(StatusCodes.Status200OK, View(request!, withTaskId: false));
    }

    private static async Task<IResult> RevokeAsync(string trackingId, HttpContext context, PrivacyGate gate, PrivacyRequests requests)
    {
        var (_, refused) = await FindAsync(trackingId, PrivacyRequest.Deletion, context, gate, requests);
        if (refused is not null)
        {
            return refused;
        }

        return await requests.RevokeAsync(trackingId, context.RequestAborted)
            ? TypedResults.NoContent()
            : PrivacyGate.Refuse(StatusCodes.Status400BadRequest, "the deletion has started or ended; it can no longer be called off");
    }

    private static async Task<IResult> GetRetrievalAsync(string trackingId, HttpContext context, PrivacyGate gate, PrivacyRequests requests)
    {
        var (request, refused) = await FindAsync(trackingId, PrivacyRequest.Retrieval, context, gate, requests);
        var http = context.Request;
        return refused ?? Answer(StatusCodes.Status200OK, new Dictionary<string, object>
        {
            ["status"] = request!.Status,
            ["results"] = $"{http.Scheme}://{http.Host}/api/app/data-retrievals/v3.0/{request.TrackingId}/export?token={Uri.EscapeDataString(http.Query["token"].ToString())}",
            ["distinct_ids"] = request.DistinctIds,
        });
    }

    private static async Task<IResult> ExportAsync(string trackingId, HttpContext context, PrivacyGate gate, PrivacyRequests requests, PersonExport export)
    {
        var (request, refused) = await FindAsync(trackingId, PrivacyRequest.Retrieval, context, gate, requests);
        return refused ?? TypedResults.Stream(async target =>
        {
            foreach (var id in request!.DistinctIds)
            {
                await export.WriteAsync(export.Find(request.ProjectId, id), target, context.RequestAborted);
                await target.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
            }
        }, "application/x-ndjson");
    }

    private static async Task<(PrivacyRequest? Request, IResult? Refused)> FindAsync(
        string trackingId, string kind, HttpContext context, PrivacyGate gate, PrivacyRequests requests)
    {
        var (projectId, _, refused) = await gate.EnterAsync(context.Request, context.RequestAborted);
        if (refused is not null)
        {
            return (null, refused);
        }

        return requests.Find(trackingId, kind, projectId) is { } request
            ? (request, null)
            : (null, PrivacyGate.Refuse(StatusCodes.Status404NotFound, "there is no such request in this project"));
    }

    private static async Task<(List<string> Ids, string Compliance, string? Fault)> ReadAsync(HttpRequest request, int most)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            var ids = body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("distinct_ids", out var list) && list.ValueKind == JsonValueKind.Array
                    ? list.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetRawText()).ToList()
                    : [];
            if (ids.Count == 0 || ids.Count > most || ids.Contains(""))
            {
                return ([], "", string.Create(CultureInfo.InvariantCulture, $"distinct_ids must be a list of 1 to {most} ids"));
            }

            var compliance = body.RootElement.TryGetProperty("compliance_type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "GDPR";
            return compliance.ToUpperInvariant() switch
            {
                "GDPR" => (ids, "gdpr", null),
                "CCPA" => (ids, "ccpa", null),
                _ => ([], "", "compliance_type must be GDPR or CCPA"),
            };
        }
        catch (JsonException)
        {
            return ([], "", "the body must be JSON: {\"distinct_ids\":[…],\"compliance_type\":\"GDPR\"}");
        }
    }

    private static Dictionary<string, object> View(PrivacyRequest request, bool withTaskId)
    {
        var view = new Dictionary<string, object>
        {
            ["tracking_id"] = request.TrackingId,
            ["status"] = request.Status,
            ["requesting_user"] = request.RequestedBy,
            ["compliance_type"] = request.ComplianceType,
            ["project_id"] = request.ProjectId,
            ["date_requested"] = request.RequestedAt.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
            ["distinct_ids"] = request.DistinctIds,
            ["distinct_id_count"] = request.IdCount,
        };
        if (withTaskId)
        {
            view["task_id"] = request.TrackingId;
        }

        return view;
    }

    private static JsonHttpResult<Dictionary<string, object>> Answer(int status, object results) =>
        TypedResults.Json(new Dictionary<string, object> { ["status"] = "ok", ["results"] = results }, statusCode: status);
}
