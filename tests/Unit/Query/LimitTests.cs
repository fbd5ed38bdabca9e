using System.Text.Json;
using Muster.Cohorts;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query;

/// <summary>What takes longer than a question may is ended, in Mixpanel's shape.</summary>
public sealed class LimitTests
{
    private static readonly CohortOptions NoTime = new() { TimeLimit = TimeSpan.Zero };

    [Theory]
    [InlineData("/api/query/engage?where=properties%5B%22a%22%5D%20%3D%3D%201")]
    [InlineData("/api/query/engage?filter_by_cohort=%7B%22id%22%3A1%7D")]
    [InlineData("/api/query/cohorts/list")]
    [InlineData("/api/2.0/export?from_date=2026-11-01&to_date=2026-11-20")]
    public async Task Query_LongerThanItsLimit_Is503AndSaysSo(string path)
    {
        await using var server = await QueryServer.StartAsync(limits: NoTime);
        await server.AddCohortAsync("Pro", """{"profile":"plan","is":["pro"]}""");

        var (status, text) = await server.SendAsync(path, $"{QueryServer.Secret}:");

        status.ShouldBe(503, text);
        var answer = JsonElement.Parse(text);
        answer.GetProperty("code").GetString().ShouldBe("evaluation_too_slow");
        answer.GetProperty("status").GetString().ShouldBe("error");
        answer.GetProperty("request").GetString().ShouldBe(path.Split('?')[0]);
        answer.GetProperty("error").GetString()!.ShouldContain("shorter windows");
    }
}
