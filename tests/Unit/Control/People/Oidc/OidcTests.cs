using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Tokens;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Control.People.Oidc;

/// <summary>Signing in with an identity provider: whose account it is, and what is not believed.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private const string Bob = "bob@example.com";

    private OidcProvider _provider = null!;
    private PeopleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcProvider.StartAsync();
        _provider.Person = PersonWith("bob-1", Bob, true);
        _server = await PeopleServer.StartAsync(oidc: _provider.Options());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task SignIn_Invited_TakesTheInvitationAndIsKnownByTheSubjectFromThenOn()
    {
        var project = await _server.MakeProjectAsync("Shop");
        await _server.InviteAsync(project, Bob, "analyst");
        using var browser = _server.NewBrowser();

        (await SignInThereAsync(browser, "/projects/1?x=2")).ShouldBe("/projects/1?x=2");
        (await browser.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("projects")[0].GetProperty("role").GetString().ShouldBe("analyst");

        _provider.Person = PersonWith("bob-1", "bob.married@example.com", false);
        using var later = _server.NewBrowser();
        (await SignInThereAsync(later)).ShouldBe("/");
        (await later.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("name").GetString().ShouldBe(Bob);
        await using var db = await _server.DbAsync();
        (await db.Audit.AnyAsync(e => e.Action == "membership.changed" && e.Who == Bob)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("nonce", "another nonce")]
    [InlineData("nonce", null)]
    [InlineData("iss", "https://evil.example")]
    [InlineData("aud", "another client")]
    [InlineData("exp", 1000000000)]
    [InlineData("sub", null)]
    public async Task SignIn_TokenIsNotForThisSignIn_IsRefused(string claim, object? value)
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "analyst");
        _provider.Tamper = claims => claims[claim] = value;

        await ShouldBeRefusedAsync("oidc_failed");
        _provider.Tokens.ShouldBe(1);
    }

    [Theory]
    [InlineData(Signing.WithAnotherKey)]
    [InlineData(Signing.WithTheSecret)]
    [InlineData(Signing.NotAtAll)]
    [InlineData(Signing.Emptily)]
    public async Task SignIn_TokenIsNotSignedWithAPublishedKey_IsRefused(Signing signing)
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "analyst");
        _provider.Signs = signing;

        await ShouldBeRefusedAsync("oidc_failed");
    }

    [Fact]
    public async Task Callback_StateOfAnotherBrowserOrNone_IsRefusedBeforeTheCodeIsUsed()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "analyst");
        using var attacker = _server.NewBrowser();
        var callback = await ToCallbackAsync(attacker);
        using var victim = _server.NewBrowser();

        foreach (var answer in new[] { callback, new Uri("/account/oidc/callback?code=1&state=forged", UriKind.Relative), new Uri("/account/oidc/callback", UriKind.Relative), new Uri("/account/oidc/callback?error=x&error_description=y", UriKind.Relative) })
        {
            var refused = await victim.Http.GetAsync(answer);
            refused.Headers.Location!.OriginalString.ShouldBe("/sign-in?error=oidc_failed");
        }

        (await victim.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
        _provider.Tokens.ShouldBe(0);
    }

    [Fact]
    public async Task Callback_UsedAgain_IsRefused()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "analyst");
        using var browser = _server.NewBrowser();
        var callback = await ToCallbackAsync(browser);
        (await browser.Http.GetAsync(callback)).Headers.Location!.OriginalString.ShouldBe("/");

        (await browser.Http.GetAsync(callback)).Headers.Location!.OriginalString.ShouldBe("/sign-in?error=oidc_failed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    [InlineData("yes")]
    public async Task SignIn_AddressNotVerified_GetsNoAccountByIt(object? verified)
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        _provider.Person = PersonWith("mallory", Bob, verified);

        await ShouldBeRefusedAsync("oidc_unverified");
        await using var db = await _server.DbAsync();
        (await db.People.CountAsync(p => p.OidcSubject != null)).ShouldBe(0);
    }

    [Fact]
    public async Task SignIn_AddressFromOnePlaceAndItsProofFromAnother_IsNotVerified()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        _provider.Person = new() { ["sub"] = "mallory", ["email"] = Bob };
        _provider.UserInfo = PersonWith("mallory", "mallory@example.com", true);

        await ShouldBeRefusedAsync("oidc_unverified");
    }

    [Fact]
    public async Task SignIn_AddressInUserInfoOnly_IsTaken()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        _provider.Person = new() { ["sub"] = "bob-1", ["email_verified"] = true };
        _provider.UserInfo = PersonWith("bob-1", Bob, true);
        using var browser = _server.NewBrowser();

        (await SignInThereAsync(browser)).ShouldBe("/");
    }

    [Fact]
    public async Task SignIn_UserInfoOfSomeoneElse_IsRefused()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        _provider.Person = new() { ["sub"] = "mallory" };
        _provider.UserInfo = PersonWith("bob-1", Bob, true);

        await ShouldBeRefusedAsync("oidc_failed");
    }

    [Fact]
    public async Task SignIn_AccountHasAPassword_IsJoinedOnceItWasGivenByTheSamePerson()
    {
        var project = await _server.MakeProjectAsync("Shop");
        await _server.AddPersonAsync(project, Bob, "analyst");
        await _server.AddPersonAsync(project, "eve@example.com", "analyst");
        using var browser = _server.NewBrowser();
        (await SignInThereAsync(browser)).ShouldBe("/sign-in?error=oidc_password_needed");
        (await browser.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);

        // Whoever else signs in with that browser is not made Bob's.
        using var other = browser.Copy();
        (await other.SignInAsync("eve@example.com", PeopleServer.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SignInThereAsync(_server.NewBrowser())).ShouldBe("/sign-in?error=oidc_password_needed");

        (await browser.SignInAsync(Bob, "not the password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SignInAsync(Bob, PeopleServer.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var later = _server.NewBrowser();
        (await SignInThereAsync(later)).ShouldBe("/");
        (await later.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("name").GetString().ShouldBe(Bob);
    }

    [Fact]
    public async Task SignIn_AddressGivenToSomeoneElseThere_DoesNotPassTheAccountOn()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        using var browser = _server.NewBrowser();
        (await SignInThereAsync(browser)).ShouldBe("/");
        _provider.Person = PersonWith("another-bob", Bob, true);

        await ShouldBeRefusedAsync("oidc_taken");
    }

    [Fact]
    public async Task Invitation_OfAnAccountThatSignsInThere_SetsNoPassword()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        using var browser = _server.NewBrowser();
        (await SignInThereAsync(browser)).ShouldBe("/");
        var key = await _server.InviteAsync(await _server.MakeProjectAsync("Mallory's"), Bob, "consumer");
        using var mallory = _server.NewBrowser();

        (await mallory.Http.PostAsJsonAsync("/account/invitation", new { key, password = "a thief's password" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await SignInThereAsync(browser)).ShouldBe("/");
        (await browser.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("projects").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task SignIn_NobodyInvited_IsRefusedOrGetsTheDefaultRoleInEveryProject()
    {
        await _server.MakeProjectAsync("Shop");
        await ShouldBeRefusedAsync("oidc_not_invited");

        await using var open = await PeopleServer.StartAsync(oidc: _provider.Options(Role.Consumer));
        await open.MakeProjectAsync("Shop");
        await open.MakeProjectAsync("Bank");
        using var browser = open.NewBrowser();
        (await SignInThereAsync(browser)).ShouldBe("/");
        var projects = (await browser.Http.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("projects").EnumerateArray();
        projects.Select(p => p.GetProperty("role").GetString()).ShouldBe(["consumer", "consumer"]);
    }

    [Fact]
    public async Task SignIn_ProviderIsGoneOrRefusesTheSecret_SaysSo()
    {
        await using var wrong = await PeopleServer.StartAsync(oidc: _provider.Options(secret: "not the secret"));
        (await SignInThereAsync(wrong.NewBrowser())).ShouldBe("/sign-in?error=oidc_failed");

        await using var gone = await PeopleServer.StartAsync(oidc: _provider.Options() with { Authority = new Uri("http://127.0.0.1:9") });
        using var browser = gone.NewBrowser();
        (await browser.Http.GetAsync(new Uri("/account/oidc", UriKind.Relative))).Headers.Location!.OriginalString.ShouldBe("/sign-in?error=oidc_unreachable");
    }

    [Fact]
    public async Task Start_AskedToGoElsewhere_StaysHere()
    {
        await _server.InviteAsync(await _server.MakeProjectAsync("Shop"), Bob, "admin");
        foreach (var elsewhere in new[] { "https://evil.example", "//evil.example", "/\\evil.example" })
        {
            using var browser = _server.NewBrowser();
            (await SignInThereAsync(browser, elsewhere)).ShouldBe("/");
        }
    }

    [Fact]
    public async Task Start_NoProviderSet_DoesNotExist()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.NewBrowser();

        (await browser.StatusAsync("/account/oidc")).ShouldBe(HttpStatusCode.NotFound);
        (await browser.StatusAsync("/account/oidc/callback")).ShouldBe(HttpStatusCode.NotFound);
    }

    private static Dictionary<string, object?> PersonWith(string subject, string email, object? verified) =>
        new() { ["sub"] = subject, ["email"] = email, ["email_verified"] = verified };

    private static async Task<Uri> ToCallbackAsync(Browser browser, string returnUrl = "/")
    {
        var start = await browser.Http.GetAsync(new Uri($"/account/oidc?returnUrl={Uri.EscapeDataString(returnUrl)}", UriKind.Relative));
        start.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        return (await browser.Http.GetAsync(start.Headers.Location)).Headers.Location!;
    }

    // Where someone ends up.
    private static async Task<string> SignInThereAsync(Browser browser, string returnUrl = "/") =>
        (await browser.Http.GetAsync(await ToCallbackAsync(browser, returnUrl))).Headers.Location!.OriginalString;

    private async Task ShouldBeRefusedAsync(string code)
    {
        using var browser = _server.NewBrowser();
        (await SignInThereAsync(browser)).ShouldBe($"/sign-in?error={code}");
        (await browser.StatusAsync("/api/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }
}
