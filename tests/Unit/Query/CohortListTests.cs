using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query;

public sealed class CohortListTests
{
    [Theory]
    [InlineData("/api/query/cohorts/list")]
    [InlineData("/api/query/cohorts/list/")]
    [InlineData("/api/2.0/cohorts/list")]
    [InlineData("/api/2.0/cohorts/list/")]
    public async Task List_ByAnyPath_HasTheCohortsOfTheProject(string path)
    {
        await using var server = await QueryServer.StartAsync();
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"a","$set":{"plan":"pro"}}""", """{"$token":"token-1","$distinct_id":"b","$set":{"plan":"free"}}""");
        var id = await server.AddCohortAsync("Pro", """{"profile":"plan","is":["pro"]}""");
        await server.AddCohortAsync("Broken", """{"cohort":999}""");

        var posted = await server.AskAsync($"{path}?project_id=1");
        var (status, text) = await server.SendAsync(path, "secret-1:");

        posted.GetRawText().ShouldBe(
            "[{\"id\":" + id + ",\"name\":\"Pro\",\"description\":\"\",\"count\":1,\"is_visible\":1,\"created\":\"2026-11-20 12:00:00\",\"project_id\":1},"
            + "{\"id\":" + (id + 1) + ",\"name\":\"Broken\",\"description\":\"\",\"count\":0,\"is_visible\":1,\"created\":\"2026-11-20 12:00:00\",\"project_id\":1}]");
        status.ShouldBe(200);
        text.ShouldBe(posted.GetRawText());
        JsonElement.Parse((await server.SendAsync($"{path}?project_id=2", "admin:api-admin")).Text).GetArrayLength().ShouldBe(0);
    }
}
