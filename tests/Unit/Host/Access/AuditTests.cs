using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Muster.Control.Audit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Access;

/// <summary>Who did what, and never a secret.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Log_ChangesAndExports_SayWhoDidWhatFromWhere()
    {
        await using var server = await WholeServer.StartAsync();
        var things = await server.MakeProjectAsync("Shop");
        var path = $"/api/v1/projects/{things.Project}";
        using var admin = server.Client(WholeServer.AdminToken);
        using var analyst = server.Client(await server.MakeTokenAsync("analyst", things.Project));

        (await analyst.PatchAsJsonAsync($"/api/v1/cohorts/{things.Cohort}", new { name = "All of them" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await analyst.GetAsync(new Uri($"/api/v1/cohorts/{things.Cohort}/members.csv", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await admin.PostAsJsonAsync($"{path}/people", new { email = "bob@example.com", role = "consumer", password = "bob's own password" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await admin.DeleteAsync(new Uri($"/api/v1/connections/{things.Connection}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await admin.PostAsync(new Uri($"/api/v1/syncs/{things.Sync}/approve", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        var entries = (await admin.GetFromJsonAsync<JsonElement>($"{path}/audit")).GetProperty("items").EnumerateArray().Reverse().ToList();
        var told = entries.Select(e => $"{e.GetProperty("who").GetString()} {e.GetProperty("action").GetString()} {e.GetProperty("subject").GetString()}").ToList();
        told.ShouldBe([
            $"MUSTER_ADMIN_TOKEN token.created token:2",
            $"analyst of {things.Project} cohort.changed cohort:{things.Cohort}",
            $"analyst of {things.Project} members.exported cohort:{things.Cohort}",
            "MUSTER_ADMIN_TOKEN membership.created membership:2",
            $"MUSTER_ADMIN_TOKEN connection.changed connection:{things.Connection}",
            // It goes with its connection.
            $"MUSTER_ADMIN_TOKEN sync.changed sync:{things.Sync}",
        ]);
        entries[1].GetProperty("changes").GetProperty("name").GetProperty("from").GetString().ShouldBe("Everyone");
        entries[1].GetProperty("changes").GetProperty("name").GetProperty("to").GetString().ShouldBe("All of them");
        entries[1].GetProperty("from").GetString()!.ShouldContain("127.0.0.1");
        entries[4].GetProperty("changes").GetProperty("apiKey").GetString().ShouldBe("secret");

        (await admin.GetFromJsonAsync<JsonElement>($"{path}/audit?action=cohort.changed")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await admin.GetStringAsync(new Uri($"{path}/audit.csv?who=MUSTER_ADMIN_TOKEN", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
        (await analyst.GetAsync(new Uri($"{path}/audit", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Log_AfterEverySecretWasSet_HoldsNone()
    {
        await using var server = await WholeServer.StartAsync();
        var things = await server.MakeProjectAsync("Shop");
        using var admin = server.Client(WholeServer.AdminToken);
        var token = await server.MakeTokenAsync("admin", things.Project);
        var invited = await (await admin.PostAsJsonAsync($"/api/v1/projects/{things.Project}/people", new { email = "eve@example.com", role = "admin" })).Content.ReadFromJsonAsync<JsonElement>();
        await admin.PostAsJsonAsync($"/api/v1/projects/{things.Project}/people", new { email = "bob@example.com", role = "consumer", password = "bob's own password" });
        await admin.PutAsJsonAsync($"/api/v1/projects/{things.Project}/notifications", new { webhookUrl = "https://hooks.example.com/very-secret-path" });

        await using var db = await server.DbAsync();
        var log = JsonSerializer.Serialize(await db.Audit.AsNoTracking().ToListAsync());

        foreach (var secret in new[] { token, "the-api-key-of-this-test", "bob's own password", "bob\\u0027s", "very-secret-path", invited.GetProperty("invitation").GetProperty("url").GetString()!.Split("key=")[1], "correct horse" })
        {
            log.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Entries_Changed_AreRefused()
    {
        await using var server = await WholeServer.StartAsync();
        await server.MakeTokenAsync("admin", null);
        await using var db = await server.DbAsync();
        db.Remove(await db.Audit.FirstAsync());

        await Should.ThrowAsync<InvalidOperationException>(() => db.SaveChangesAsync());
    }

    [Fact]
    public async Task Actor_Gone_LeavesWhatItStartedToTheProgram()
    {
        await using var server = await WholeServer.StartAsync();
        var things = await server.MakeProjectAsync("Shop");
        var begin = new TaskCompletionSource();
        Task later;
        using (Actor.Act(Muster.Control.Api.Caller.Of("person:1", "ada@example.com", Muster.Control.Api.Grants.None), null, TimeProvider.System))
        {
            later = Task.Run(async () =>
            {
                await begin.Task;
                await using var db = await server.DbAsync();
                (await db.Cohorts.SingleAsync(c => c.Id == things.Cohort)).Name = "Changed by the program";
                await db.SaveChangesAsync();
            });
        }

        begin.SetResult();
        await later;
        await using var read = await server.DbAsync();
        (await read.Audit.CountAsync(e => e.Action == "cohort.changed")).ShouldBe(0);
    }
}
