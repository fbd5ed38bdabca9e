using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query;

public sealed class CredentialsTests : IAsyncLifetime
{
    private QueryServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await QueryServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("secret-1:", "", 200)]
    [InlineData("secret-1:", "?project_id=1&workspace_id=7", 200)]
    [InlineData("secret-1:", "?project_id=2", 403)]
    [InlineData("token-1:", "", 401)]
    [InlineData("nobody:", "", 401)]
    [InlineData(":", "", 401)]
    [InlineData("", "?project_id=1", 401)]
    [InlineData("admin:api-admin", "?project_id=1", 200)]
    [InlineData("admin:api-admin", "?project_id=2", 200)]
    [InlineData("admin:api-admin", "?project_id=3", 403)]
    [InlineData("admin:api-admin", "?project_id=x", 400)]
    [InlineData("admin:api-admin", "", 400)]
    [InlineData("admin:wrong", "?project_id=1", 401)]
    [InlineData("other:api-admin", "?project_id=1", 401)]
    [InlineData("analyst:api-analyst", "?project_id=1", 200)]
    [InlineData("analyst:api-analyst", "?project_id=2", 403)]
    [InlineData("consumer:api-consumer", "?project_id=1", 403)]
    public async Task Engage_WithCredentials_IsForThoseWhoMay(string credentials, string query, int expected)
    {
        foreach (var plain in (bool[])[false, true])
        {
            var (status, text) = await _server.SendAsync($"/api/query/engage{query}", credentials, plain: plain);

            status.ShouldBe(expected, text);
            if (expected == 401)
            {
                var answer = JsonElement.Parse(text);
                answer.GetProperty("code").GetInt32().ShouldBe(401);
                answer.GetProperty("error").GetString().ShouldBe("Invalid credentials");
                answer.GetProperty("status").GetString().ShouldBe("Unauthorized");
            }
        }
    }

    [Theory]
    [InlineData("admin:api-admin", 200)]
    [InlineData("token-1:", 200)]
    [InlineData("secret-1:", 200)]
    [InlineData("analyst:api-analyst", 403)]
    public async Task Import_WithTheSameCredentials_WantsAnAdmin(string credentials, int expected)
    {
        var (status, text) = await _server.SendAsync("/import?strict=1&project_id=1", credentials, QueryServer.Content("[]"));

        status.ShouldBe(expected, text);
    }

    [Fact]
    public async Task Query_AfterTheServiceAccountExpired_IsRefused()
    {
        _server.Clock.Advance(TimeSpan.FromDays(2));

        (await _server.SendAsync("/api/query/engage?project_id=1", "admin:api-admin")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task CohortsList_WithAnyRole_IsThere() =>
        (await _server.SendAsync("/api/query/cohorts/list?project_id=1", "consumer:api-consumer")).Status.ShouldBe(200);
}
