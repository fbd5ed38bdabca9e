using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Control.People;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Control.People;

/// <summary>People of projects, their invitations and their roles.</summary>
public sealed class PeopleTests
{
    [Fact]
    public async Task Role_IsThatOfTheProject_AndOthersDoNotExist()
    {
        await using var server = await PeopleServer.StartAsync();
        var (mine, read, other) = (await server.MakeProjectAsync("Mine"), await server.MakeProjectAsync("Read"), await server.MakeProjectAsync("Other"));
        var id = await server.AddPersonAsync(mine, "bob@example.com", "admin");
        var key = await server.InviteAsync(read, "bob@example.com", "consumer");
        using var browser = await server.SignInAsync("bob@example.com");
        (await browser.StatusAsync($"/api/v1/projects/{read}")).ShouldBe(HttpStatusCode.NotFound);
        (await browser.Http.PostAsJsonAsync("/account/invitation", new { key, password = PeopleServer.Password })).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await browser.StatusAsync($"/api/v1/projects/{mine}/people")).ShouldBe(HttpStatusCode.OK);
        (await browser.StatusAsync($"/api/v1/projects/{read}/people")).ShouldBe(HttpStatusCode.Forbidden);
        (await browser.StatusAsync($"/api/v1/projects/{read}")).ShouldBe(HttpStatusCode.OK);
        (await browser.StatusAsync($"/api/v1/projects/{other}/people")).ShouldBe(HttpStatusCode.NotFound);
        (await browser.StatusAsync($"/api/v1/projects/{other}")).ShouldBe(HttpStatusCode.NotFound);
        (await browser.StatusAsync("/api/v1/people")).ShouldBe(HttpStatusCode.Forbidden);
        (await browser.Http.PostAsJsonAsync("/api/v1/projects", new { name = "Mine too" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var projects = (await browser.Http.GetFromJsonAsync<JsonElement>("/api/v1/projects")).GetProperty("items").EnumerateArray().ToList();
        projects.Select(p => (p.GetProperty("id").GetInt32(), p.GetProperty("apiSecret").ValueKind == JsonValueKind.String)).ShouldBe([(mine, true), (read, false)]);

        using var admin = server.Program();
        (await admin.PatchAsJsonAsync($"/api/v1/projects/{mine}/people/{id}", new { role = "analyst" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.StatusAsync($"/api/v1/projects/{mine}/people")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Invitation_IsUsedOnceAndLetsIntoItsProjectOnly()
    {
        await using var server = await PeopleServer.StartAsync();
        var (shop, bank) = (await server.MakeProjectAsync("Shop"), await server.MakeProjectAsync("Bank"));
        var toShop = await server.InviteAsync(shop, "bob@example.com", "analyst");
        var toBank = await server.InviteAsync(bank, "bob@example.com", "admin");
        using var browser = server.NewBrowser();

        var accepted = await browser.Http.PostAsJsonAsync("/account/invitation", new { key = toShop, password = "whoever has this link" });
        var again = await browser.Http.PostAsJsonAsync("/account/invitation", new { key = toShop, password = "whoever has this link" });

        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("projects").GetArrayLength().ShouldBe(1);
        (await browser.StatusAsync($"/api/v1/projects/{bank}")).ShouldBe(HttpStatusCode.NotFound);

        // The account has a password now: the other link alone sets no new one.
        using var thief = server.NewBrowser();
        (await thief.Http.PostAsJsonAsync("/account/invitation", new { key = toBank, password = "a thief's password" })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.Http.PostAsJsonAsync("/account/invitation", new { key = toBank, password = "whoever has this link" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.StatusAsync($"/api/v1/projects/{bank}/people")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Invitation_OlderThanAWeekOrReplaced_IsWorthNothing()
    {
        await using var server = await PeopleServer.StartAsync();
        var project = await server.MakeProjectAsync("Shop");
        var replaced = await server.InviteAsync(project, "bob@example.com", "analyst");
        var old = await server.InviteAsync(project, "bob@example.com", "analyst");
        server.Clock.Advance(TimeSpan.FromDays(7));
        using var browser = server.NewBrowser();

        foreach (var key in new[] { replaced, old, "nonsense" })
        {
            (await browser.Http.PostAsJsonAsync("/account/invitation", new { key, password = PeopleServer.Password })).StatusCode.ShouldBe(HttpStatusCode.Gone);
        }
    }

    [Fact]
    public async Task Add_AccountThatExists_IsNeverGivenAPassword()
    {
        await using var server = await PeopleServer.StartAsync();
        var (shop, bank) = (await server.MakeProjectAsync("Shop"), await server.MakeProjectAsync("Bank"));
        await server.AddPersonAsync(shop, "bob@example.com", "analyst");
        using var admin = server.Program();

        var answer = await admin.PostAsJsonAsync($"/api/v1/projects/{bank}/people", new { email = "BOB@example.com", role = "admin", password = "a thief's password" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var browser = await server.SignInAsync("bob@example.com");
    }

    [Fact]
    public async Task Remove_FromTheLastProject_DeletesTheAccountAndItsSessions()
    {
        await using var server = await PeopleServer.StartAsync();
        var project = await server.MakeProjectAsync("Shop");
        var id = await server.AddPersonAsync(project, "bob@example.com", "analyst");
        using var browser = await server.SignInAsync("bob@example.com");
        using var admin = server.Program();

        (await admin.DeleteAsync(new Uri($"/api/v1/projects/{project}/people/{id}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await browser.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SignInAsync("bob@example.com", PeopleServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await using var db = await server.DbAsync();
        (await db.People.CountAsync()).ShouldBe(1);
        (await db.Sessions.CountAsync(s => s.PersonId == id)).ShouldBe(0);
    }

    [Fact]
    public async Task InstanceAdmin_LastOne_StaysAndPasswordLinksWork()
    {
        await using var server = await PeopleServer.StartAsync();
        var project = await server.MakeProjectAsync("Shop");
        var bob = await server.AddPersonAsync(project, "bob@example.com", "analyst");
        using var ada = await server.SignInAsync();
        var id = (await ada.Http.GetFromJsonAsync<JsonElement>("/api/v1/people")).GetProperty("items")[0].GetProperty("id").GetInt32();

        (await ada.Http.DeleteAsync(new Uri($"/api/v1/people/{id}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ada.Http.PatchAsJsonAsync($"/api/v1/people/{id}", new { everyProject = false })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ada.Http.PatchAsJsonAsync($"/api/v1/people/{bob}", new { everyProject = true })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ada.Http.PatchAsJsonAsync($"/api/v1/people/{id}", new { everyProject = false })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ada.StatusAsync("/api/v1/people")).ShouldBe(HttpStatusCode.Forbidden);

        using var boss = await server.SignInAsync("bob@example.com");
        var link = await (await boss.Http.PostAsync(new Uri($"/api/v1/people/{id}/password-link", UriKind.Relative), null)).Content.ReadFromJsonAsync<JsonElement>();
        using var fresh = server.NewBrowser();
        (await fresh.Http.PostAsJsonAsync("/account/invitation", new { key = PeopleServer.KeyOf(link), password = "a password set anew" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ada.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task TwoFactor_Confirmed_IsAskedForAndEachCodeIsGoodOnce()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = await server.SignInAsync();
        var key = (await (await browser.Http.PostAsJsonAsync("/api/v1/me/two-factor", new { password = PeopleServer.Password }))
            .Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        string Code() => Totp.Code(key, server.Clock.GetUtcNow());
        (await browser.Http.PutAsJsonAsync("/api/v1/me/two-factor", new { code = "000000" })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.Http.PutAsJsonAsync("/api/v1/me/two-factor", new { code = Code() })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var other = server.NewBrowser();

        (await CodeOf(await other.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password))).ShouldBe("second_factor_required");
        (await CodeOf(await other.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password, Code()))).ShouldBe("wrong_second_factor");
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        (await other.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password, Code())).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Whoever knows the password alone has as few tries at the code as others at the password.
        using var thief = server.NewBrowser();
        for (var i = 0; i < 6; i++)
        {
            await thief.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password, i % 2 == 0 ? null : "123456");
        }

        server.Clock.Advance(TimeSpan.FromSeconds(30));
        (await CodeOf(await thief.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password, Code()))).ShouldBe("wrong_credentials");
    }

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(20000000000, "353130")]
    public void Totp_TimesOfTheStandard_GiveItsCodes(long seconds, string code) =>
        Totp.Code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", DateTimeOffset.FromUnixTimeSeconds(seconds)).ShouldBe(code);

    [Fact]
    public void Totp_NewKey_Is160BitsOfBase32() =>
        Enumerable.Range(0, 50).Select(_ => Totp.NewKey()).ShouldAllBe(k => k.Length == 32 && k.All(c => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".Contains(c)));

    private static async Task<string?> CodeOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
