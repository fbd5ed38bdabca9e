using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Tests.Unit.Host.Access;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Backup;

/// <summary>Backups over REST that cannot be taken.</summary>
public sealed class BackupEndpointTests
{
    private static readonly Uri Path = new("/api/v1/backup", UriKind.Relative);

    [Fact(Timeout = 60_000)]
    public async Task Post_CannotBeWritten_SaysSoAndTheNextOneIsTaken()
    {
        await using var server = await WholeServer.StartAsync();
        using var admin = server.Client(WholeServer.AdminToken);
        var inTheWay = System.IO.Path.Combine(server.Services.GetRequiredService<ControlOptions>().DataDir, "backup-in-progress");
        await File.WriteAllTextAsync(inTheWay, "", TestContext.Current.CancellationToken);

        for (var i = 0; i < 2; i++)
        {
            using var refused = await admin.PostAsync(Path, null, TestContext.Current.CancellationToken);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var problem = JsonElement.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            problem.GetProperty("code").GetString().ShouldBe("backup_failed");
        }

        File.Delete(inTheWay);
        using var taken = await admin.PostAsync(Path, null, TestContext.Current.CancellationToken);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);

        // What was made for it goes after the last byte of the answer.
        while (Directory.Exists(inTheWay))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
