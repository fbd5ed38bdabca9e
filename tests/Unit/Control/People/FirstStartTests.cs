using System.Net;
using System.Net.Http.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Control.People;

/// <summary>Who is the first admin.</summary>
public sealed class FirstStartTests
{
    [Fact]
    public async Task FirstStart_Code_MakesOneAdminOnce()
    {
        await using var server = await PeopleServer.StartAsync(password: null);
        var code = server.FirstStart.Code.ShouldNotBeNull();
        using var browser = server.NewBrowser();
        using var late = server.NewBrowser();

        var wrong = await browser.Http.PostAsJsonAsync("/account/first-start", new { code = "AAAA-BBBB-CCCC", email = "ada@example.com", password = PeopleServer.Password });
        var tries = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => browser.Http.PostAsJsonAsync(
            "/account/first-start", new { code = code.ToLowerInvariant().Replace('-', ' '), email = $"ada{i}@example.com", password = PeopleServer.Password })));

        wrong.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        tries.Count(t => t.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        server.FirstStart.Code.ShouldBeNull();
        (await browser.StatusAsync("/api/v1/people")).ShouldBe(HttpStatusCode.OK);
        var again = await late.SendFormAsync("/account/first-start", ("code", code), ("email", "eve@example.com"), ("password", PeopleServer.Password));
        again.Headers.Location!.OriginalString.ShouldBe("/first-start?error=wrong_code");
    }

    [Fact]
    public async Task FirstStart_ShortPasswordOrNoAddress_SaysSoAtTheField()
    {
        await using var server = await PeopleServer.StartAsync(password: null);
        using var browser = server.NewBrowser();

        var answer = await browser.Http.PostAsJsonAsync("/account/first-start", new { code = server.FirstStart.Code, email = "ada", password = "short" });

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("/email");
        text.ShouldContain("/password");
        server.FirstStart.Code.ShouldNotBeNull();
    }

    [Fact]
    public async Task Settings_PasswordUnchanged_LeavesThePersonsOwn()
    {
        var folder = Directory.CreateTempSubdirectory("muster-people-").FullName;
        await using (var first = await PeopleServer.StartAsync(folder: folder))
        {
            using var browser = await first.SignInAsync();
            (await browser.Http.PutAsJsonAsync("/api/v1/me/password", new { password = PeopleServer.Password, newPassword = "my own password" }))
                .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await using (var second = await PeopleServer.StartAsync(folder: folder))
        {
            using var browser = await second.SignInAsync(password: "my own password");
        }

        await using (var third = await PeopleServer.StartAsync("a new password of the settings", folder))
        {
            third.FirstStart.Code.ShouldBeNull();
            using var browser = await third.SignInAsync(password: "a new password of the settings");
        }

        Directory.Delete(folder, recursive: true);
    }
}
