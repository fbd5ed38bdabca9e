using System.Globalization;
using System.Threading.RateLimiting;
using Muster.Control.Api;

namespace Muster.Host.Serving;

/// <summary>How often each class of endpoints may be called.</summary>
/// <param name="SignIn">Sign-ins and the like a minute, from one address; 0: no limit.</param>
/// <param name="Api">REST calls a second by one caller; 0: no limit.</param>
/// <param name="Ingestion">Ingestion and query calls a second from one address; 0: no limit.</param>
/// <param name="Webhooks">Webhook calls a second to one connection; 0: no limit.</param>
internal sealed record RateLimitOptions(int SignIn, int Api, int Ingestion, int Webhooks);

/// <summary>Bounds how often one caller, address or sender may call, by class of endpoint. What is too much is 429 with Retry-After.</summary>
internal static class RateLimits
{
    // Seconds' worth of calls that may come at once: pages and imports come in bursts.
    private const int Burst = 5;

    public static void AddRateLimits(this IServiceCollection services, RateLimitOptions limits) => services.AddRateLimiter(options =>
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => PartitionOf(context, limits));
        options.OnRejected = (rejected, _) => AnswerAsync(rejected.HttpContext, rejected.Lease);
    });

    private static RateLimitPartition<string> PartitionOf(HttpContext context, RateLimitOptions limits)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/account", StringComparison.OrdinalIgnoreCase))
        {
            return Bucket($"account {AddressOf(context)}", limits.SignIn, limits.SignIn, TimeSpan.FromMinutes(1));
        }

        if (path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase))
        {
            var caller = Caller.From(context.User).Id;
            return PerSecond($"api {(caller.Length > 0 ? caller : AddressOf(context))}", limits.Api);
        }

        return path.StartsWithSegments("/hooks", StringComparison.OrdinalIgnoreCase) ? PerSecond($"hooks {path}", limits.Webhooks)
            : IsIngestion(path) ? PerSecond($"ingestion {AddressOf(context)}", limits.Ingestion)
            : RateLimitPartition.GetNoLimiter("");
    }

    private static bool IsIngestion(PathString path) =>
        path.StartsWithSegments("/track", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/engage", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/groups", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/import", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static RateLimitPartition<string> PerSecond(string key, int limit) => Bucket(key, limit, limit * Burst, TimeSpan.FromSeconds(1));

    private static RateLimitPartition<string> Bucket(string key, int limit, int most, TimeSpan period) => limit == 0
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = most,
            TokensPerPeriod = limit,
            ReplenishmentPeriod = period,
            QueueLimit = 0,
        });

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    private static async ValueTask AnswerAsync(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await ApiProblem.Of(StatusCodes.Status429TooManyRequests, "limited",
            $"These were too many calls in a short time; nothing was done. Try again in {wait} s, or have the limit raised (MUSTER_LIMIT_…).").ExecuteAsync(context);
    }
}
