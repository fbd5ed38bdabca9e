using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Control.People;

/// <summary>Signing in and out: passwords, tries, sessions, and pages of other sites.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task SignIn_RightPassword_IsWhoTheyAreUntilTheySignOut()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = await server.SignInAsync();

        var me = await browser.Http.GetFromJsonAsync<JsonElement>("/api/v1/me");
        me.GetProperty("name").GetString().ShouldBe(PeopleServer.AdminEmail);
        me.GetProperty("everywhere").GetString().ShouldBe("admin");
        using var thief = browser.Copy();
        (await browser.Http.PostAsync(new Uri("/account/sign-out", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await browser.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
        (await thief.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task SignIn_Cookie_IsKeptFromScriptsAndOtherSites()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();

        var answer = await browser.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant();
        cookie.ShouldStartWith("muster_session=");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldNotContain("secure");
    }

    [Theory]
    [InlineData("ada@example.com", "wrong password")]
    [InlineData("nobody@example.com", PeopleServer.Password)]
    public async Task SignIn_WrongAddressOrPassword_GetsTheSameAnswer(string email, string password)
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();

        var answer = await browser.SignInAsync(email, password);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("wrong_credentials");
    }

    [Fact]
    public async Task SignIn_ManyWrongTriesAtOnce_ClosesTheAccountForAWhile()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();

        var guesses = Enumerable.Range(0, 20).Select(i => i == 19 ? PeopleServer.Password : $"wrong guess {i}").Chunk(10).ToList();
        foreach (var atOnce in guesses)
        {
            (await Task.WhenAll(atOnce.Select(g => browser.SignInAsync(PeopleServer.AdminEmail, g)))).ShouldAllBe(a => a.StatusCode == HttpStatusCode.Unauthorized);
        }

        server.Clock.Advance(TimeSpan.FromMinutes(4));
        (await browser.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        (await browser.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignIn_WithTheCookieOfSomeoneElse_BeginsASessionOfItsOwn()
    {
        await using var server = await PeopleServer.StartAsync();
        var project = await server.MakeProjectAsync("Shop");
        await server.AddPersonAsync(project, "mallory@example.com", "consumer");
        using var mallory = await server.SignInAsync("mallory@example.com");
        using var victim = mallory.Copy();

        await victim.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password);

        (await mallory.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("name").GetString().ShouldBe("mallory@example.com");
        (await victim.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("name").GetString().ShouldBe(PeopleServer.AdminEmail);
    }

    [Fact]
    public async Task Session_NothingDoneForAWeek_IsOver()
    {
        await using var server = await PeopleServer.StartAsync();
        using var busy = await server.SignInAsync();
        using var idle = await server.SignInAsync();
        for (var day = 0; day < 8; day++)
        {
            (await busy.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.OK);
            server.Clock.Advance(TimeSpan.FromDays(1));
        }

        (await busy.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.OK);
        (await idle.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Sessions_EndedEverywhere_AreOverInEachBrowser()
    {
        await using var server = await PeopleServer.StartAsync();
        using var office = await server.SignInAsync();
        using var home = await server.SignInAsync();
        (await office.Http.GetFromJsonAsync<JsonElement>("/api/v1/me/sessions")).GetArrayLength().ShouldBe(2);

        (await office.Http.DeleteAsync(new Uri("/api/v1/me/sessions", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await office.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
        (await home.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Password_Changed_EndsEveryOtherSession()
    {
        await using var server = await PeopleServer.StartAsync();
        using var here = await server.SignInAsync();
        using var there = await server.SignInAsync();

        var wrong = await here.Http.PutAsJsonAsync("/api/v1/me/password", new { password = "not it at all", newPassword = "another password" });
        var right = await here.Http.PutAsJsonAsync("/api/v1/me/password", new { password = PeopleServer.Password, newPassword = " spaces count " });

        wrong.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        right.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await here.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.OK);
        (await there.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
        using var again = await server.SignInAsync(password: " spaces count ");
    }

    [Fact]
    public async Task Form_SignIn_GoesOnToTheAskedPageOfThisServerOnly()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();
        foreach (var (asked, expected) in new[] { ("/projects/1?x=2", "/projects/1?x=2"), ("https://evil.example", "/"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("/\tx", "/") })
        {
            var answer = await browser.SendFormAsync(
                "/account/sign-in", ("email", PeopleServer.AdminEmail), ("password", PeopleServer.Password), ("returnUrl", asked), ("_handler", "sign-in"));

            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
            answer.Headers.Location!.OriginalString.ShouldBe(expected);
        }

        var refused = await browser.SendFormAsync("/account/sign-in", ("email", PeopleServer.AdminEmail), ("password", "wrong password"));
        refused.Headers.Location!.OriginalString.ShouldBe("/sign-in?returnUrl=%2F&error=wrong_credentials");
    }

    [Fact]
    public async Task Page_WithoutSession_LeadsToTheSignInAndProgramsGetAProblem()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();
        using var asPage = new HttpRequestMessage(HttpMethod.Get, "/?a=b");
        asPage.Headers.Add("Accept", "text/html,application/xhtml+xml");

        var page = await browser.Http.SendAsync(asPage);
        var program = await browser.Http.GetAsync(new Uri("/", UriKind.Relative));

        page.Headers.Location!.OriginalString.ShouldBe("/sign-in?returnUrl=%2F%3Fa%3Db");
        program.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        program.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.Created)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.Created)]
    public async Task CookieCall_FromAPageOfAnotherOrigin_IsRefused(string? header, string? value, HttpStatusCode expected)
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = await server.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/projects") { Content = JsonContent.Create(new { name = "Shop" }) };
        if (header is not null)
        {
            request.Headers.Add(header, value);
        }

        (await browser.Http.SendAsync(request)).StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task CookieConnection_FromAPageOfAnotherOrigin_IsRefused(string? origin, HttpStatusCode expected)
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = await server.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Connection", "Upgrade");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        (await browser.Http.SendAsync(request)).StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Session_CookieThatWasMadeUp_IsNobody(string cookie)
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.Add("Cookie", $"muster_session={cookie}");

        (await browser.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_CookieWithATokenOfItsOwn_CountsTheTokenAlone()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = await server.SignInAsync();
        browser.Http.DefaultRequestHeaders.Add("Authorization", "Bearer nobody's");

        (await browser.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task SignOut_FromAPageOfAnotherOrigin_IsRefused()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = await server.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/account/sign-out");
        request.Headers.Add("Origin", "https://evil.example");

        (await browser.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await browser.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignIn_FromAPageOfAnotherOrigin_IsRefused()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();
        browser.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        var answer = await browser.SignInAsync(PeopleServer.AdminEmail, PeopleServer.Password);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Cookies.ShouldBeEmpty();
    }
}
