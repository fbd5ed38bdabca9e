using System.Net;
using System.Net.Http.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Access;

/// <summary>Calls that change the same thing at the same moment.</summary>
public sealed class ConflictTests
{
    [Fact]
    public async Task AddPerson_SameAddressManyTimesAtOnce_IsThereOnce()
    {
        await using var server = await WholeServer.StartAsync();
        var project = (await server.MakeProjectAsync("shop")).Project;
        using var admin = server.Client(WholeServer.AdminToken);
        var people = new Uri($"/api/v1/projects/{project}/people", UriKind.Relative);

        for (var round = 0; round < 5; round++)
        {
            var body = new { email = $"ana.{round}@example.com", role = "analyst" };
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => admin.PostAsJsonAsync(people, body, TestContext.Current.CancellationToken)));

            answers.Select(a => a.StatusCode).ShouldBeSubsetOf([HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict]);
            var all = await admin.GetStringAsync(people, TestContext.Current.CancellationToken);
            all.Split(body.email).Length.ShouldBe(2);
        }
    }

    [Fact]
    public async Task DeleteProject_WhileCohortsAreAddedToIt_NoneFailsWithoutAReason()
    {
        await using var server = await WholeServer.StartAsync();
        using var admin = server.Client(WholeServer.AdminToken);

        for (var round = 0; round < 5; round++)
        {
            var project = (await server.MakeProjectAsync($"shop {round}")).Project;
            var cohorts = new Uri($"/api/v1/projects/{project}/cohorts", UriKind.Relative);
            var adds = Enumerable.Range(0, 6).Select(i => admin.PostAsJsonAsync(
                cohorts, new { name = $"cohort {i}", definition = new { profile = "$email", isSet = true } }, TestContext.Current.CancellationToken));
            var answers = await Task.WhenAll(adds.Append(admin.DeleteAsync(new Uri($"/api/v1/projects/{project}", UriKind.Relative), TestContext.Current.CancellationToken)));

            answers.ShouldAllBe(a => (int)a.StatusCode < 500);
        }
    }
}
