using System.Globalization;
using Microsoft.Data.Sqlite;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Warehouse;

namespace Muster.Host.Backup;

/// <summary><c>POST /api/v1/backup</c>: everything there is, handed to an admin of every project. The server writes it nowhere else.</summary>
internal static class BackupEndpoint
{
    private const string ContentType = "application/x-tar";
    private const long LeastLeft = 64 * 1024 * 1024;

    public static void AddBackups(this IServiceCollection services)
    {
        services.AddSingleton<Backups>();
        services.AddHostedService(provider => provider.GetRequiredService<Backups>());
    }

    public static void MapBackups(this IEndpointRouteBuilder api) => api.MapPost("/backup", TakeAsync).WithTags("backup")
        .RequireAuthorization(Policies.InstanceAdmin).Audited("backup.taken")
        .WithSummary("Take a backup of the whole installation, as a tar archive: both databases and the keys, as they are at one moment. 'muster backup' checks and unpacks it")
        .Produces<Stream>(StatusCodes.Status200OK, ContentType);

    private static async Task<IResult> TakeAsync(HttpContext context, Backups backups, CancellationToken cancellationToken)
    {
        if (backups.BytesNeeded + LeastLeft is var needed && backups.BytesFree is var free && free < needed)
        {
            return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "no_space", string.Create(CultureInfo.InvariantCulture,
                $"A backup needs about {needed / 1e6:N0} MB in the data folder for a while, and {free / 1e6:N0} MB are free. Make room, or stop the server and run 'muster backup' on its data folder."));
        }

        Backups.Taken? taken;
        try
        {
            taken = await backups.TryTakeAsync(cancellationToken);
        }
        catch (WarehouseUnavailableException e)
        {
            return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "backup_failed", e.Message);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "backup_failed",
                $"The backup could not be taken: {e.Message.TrimEnd('.')}. Nothing is left of it, and the server goes on. Look after the disk of the data folder, then take it again.");
        }

        if (taken is null)
        {
            return ApiProblem.Conflict("A backup is being taken already; wait until it is done.");
        }

        context.Response.RegisterForDispose(taken);
        return TypedResults.Stream(stream => taken.WriteAsync(stream, cancellationToken), ContentType,
            taken.TakenAt.UtcDateTime.ToString("'muster-'yyyy-MM-dd'T'HHmmss'Z.tar'", CultureInfo.InvariantCulture));
    }
}
