using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Muster.Control;
using Muster.Warehouse.DuckDb;
using Quartz;

namespace Muster.Host.Serving;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can do its work, each check by name.</summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<ControlDatabaseCheck>("controlDatabase", timeout: Patience)
        .AddCheck<WarehouseCheck>("warehouse", timeout: Patience)
        .AddCheck<SchedulerCheck>("scheduler", timeout: Patience);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("health").AllowAnonymous();
        health.MapGet("/live", () => TypedResults.Ok(new LiveAnswer("healthy"))).WithSummary("Whether the process answers");
        health.MapGet("/ready", ReadyAsync).WithSummary("Whether it can do its work; 503 when a check fails")
            .Produces<ReadyAnswer>().Produces<ReadyAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> ReadyAsync(HealthCheckService checks, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        var answer = new ReadyAnswer(
            Word(report.Status),
            report.Entries.ToDictionary(e => e.Key, e => new CheckAnswer(Word(e.Value.Status), e.Value.Description), StringComparer.Ordinal));
        return TypedResults.Json(answer, statusCode: report.Status == HealthStatus.Healthy
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Word(HealthStatus status) => status == HealthStatus.Healthy ? "healthy" : "unhealthy";

    internal sealed record LiveAnswer(string Status);

    private sealed record ReadyAnswer(string Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

    private sealed record CheckAnswer(string Status, string? Detail);

    private sealed class ControlDatabaseCheck(IDbContextFactory<ControlDb> factory) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            await db.Projects.AnyAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }

    private sealed class WarehouseCheck(DuckDbStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var connection = store.Open();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1";
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }

    private sealed class SchedulerCheck(ISchedulerFactory schedulers) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            return scheduler.Status == SchedulerStatus.Running
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The scheduler does not run; no sync starts.");
        }
    }
}
