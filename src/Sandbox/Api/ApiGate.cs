using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;
using Muster.Sandbox.Faults;
using Muster.Sandbox.Limits;

namespace Muster.Sandbox.Api;

/// <summary>What every API call passes: the log, planted faults, the key, the limits and the latency, in this order.</summary>
internal sealed class ApiGate(AudienceStore store, CallLog log, FaultPlan faults, CallLimits limits, TimeProvider timeProvider)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var startedAt = timeProvider.GetTimestamp();
        var path = context.Request.Path.Value!;
        var call = log.Begin(context.Request.Method, path + WithoutKey(context.Request));
        context.Features.Set(call);
        try
        {
            await PassAsync(context, next, call, path);
        }
        finally
        {
            call.Status = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted ? 0 : context.Response.StatusCode;
            log.End(call, EndpointName(context), startedAt);
        }
    }

    private async Task PassAsync(HttpContext context, RequestDelegate next, SandboxCall call, string path)
    {
        var fault = faults.Take(path);
        call.Fault = fault?.Kind.ToString();
        var refusal = Refusal(context); // on arrival: a call counts when it comes, not when its latency is over
        var wait = store.Options.LatencyMs + (fault?.DelayMs ?? 0);
        if (wait > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait), timeProvider, context.RequestAborted);
        }

        if (fault is { Kind: not FaultKind.Delay, AfterChange: false })
        {
            await FaultyAnswer.SendAsync(context, fault, default);
        }
        else if (refusal is not null)
        {
            await Answers.RefuseAsync(context, refusal);
        }
        else if (fault is { Kind: not FaultKind.Delay })
        {
            await FaultyAnswer.SendAsync(context, fault, await ChangeAsync(context, next));
        }
        else
        {
            await next(context);
        }
    }

    // Runs the call to its end and keeps the answer from the caller.
    private static async Task<ReadOnlyMemory<byte>> ChangeAsync(HttpContext context, RequestDelegate next)
    {
        var wire = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = wire;
        }

        context.Response.Headers.Clear();
        return kept.ToArray();
    }

    private ApiFault? Refusal(HttpContext context)
    {
        var key = context.Request.Headers["Api-Key"].ToString();
        if (!store.Options.Keys.Any(known => Same(known, key)))
        {
            return new ApiFault(StatusCodes.Status401Unauthorized, "BadApiKey", "Invalid API key")
            {
                Params = new JsonObject
                {
                    ["ip"] = context.Connection.RemoteIpAddress?.ToString(),
                    ["endpoint"] = context.Request.Path.Value,
                },
            };
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<CallLimit>() is not { } limit)
        {
            return null;
        }

        var wait = limits.Take(limit, key, store.Options);
        if (wait == TimeSpan.Zero)
        {
            return null;
        }

        context.Response.Headers.RetryAfter =
            Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return new ApiFault(StatusCodes.Status429TooManyRequests, "RateLimitExceeded", "Exceeded rate limit.");
    }

    private static bool Same(string known, string sent) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(known), Encoding.UTF8.GetBytes(sent));

    // A key in the query is never taken, and never logged either.
    private static string WithoutKey(HttpRequest request) =>
        request.Query.Keys.Any(name => name.Contains("key", StringComparison.OrdinalIgnoreCase)) ? string.Empty : request.QueryString.Value ?? string.Empty;

    private static string EndpointName(HttpContext context) =>
        $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unknown path"}";
}
