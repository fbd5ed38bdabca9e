using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Access;

/// <summary>What every answer says to browsers, how often may be called, and whom is believed.</summary>
public sealed class HardeningTests
{
    [Theory]
    [InlineData("/api/v1/projects", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/nowhere", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/track?data=x", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/docs/", "script-src 'self' 'unsafe-inline'")]
    public async Task Answers_WhateverTheyAre_CarryTheHeaders(string path, string policy)
    {
        await using var server = await WholeServer.StartAsync();
        using var client = server.Client(null);

        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));

        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain(policy);
        answer.Headers.Contains("Server").ShouldBeFalse();
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Fact]
    public async Task SignInPage_WithAnIdentityProvider_LeadsToItAndSaysWhenItIsGone()
    {
        await using var server = await WholeServer.StartAsync(
            ("MUSTER_OIDC_AUTHORITY", "http://127.0.0.1:9"), ("MUSTER_OIDC_CLIENT_ID", "muster"), ("MUSTER_OIDC_CLIENT_SECRET", "secret"), ("MUSTER_OIDC_NAME", "Example"));
        using var client = server.Client(null);

        var page = await client.GetStringAsync(new Uri("/sign-in?returnUrl=%2Fprojects%2F1", UriKind.Relative));
        page.ShouldContain("href=\"/account/oidc?returnUrl=%2Fprojects%2F1\"");
        page.ShouldContain("Sign in with Example");
        using var gone = await client.GetAsync(new Uri("/account/oidc", UriKind.Relative));
        gone.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await client.GetStringAsync(gone.Headers.Location)).ShouldContain("The identity provider does not answer.");
    }

    [Fact]
    public async Task SignIns_TooManyFromOneAddress_AreLimitedAndRestIsNot()
    {
        await using var server = await WholeServer.StartAsync(("MUSTER_LIMIT_SIGN_IN", "3"));
        using var client = server.Client(null);
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await client.PostAsJsonAsync("/account/sign-in", new { email = $"nobody{i}@example.com", password = "no password" }));
        }

        answers.Select(a => (int)a.StatusCode).ShouldBe([401, 401, 401, 429]);
        answers[3].Headers.RetryAfter.ShouldNotBeNull();
        (await answers[3].Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("limited");
        using var admin = server.Client(WholeServer.AdminToken);
        (await admin.GetAsync(new Uri("/api/v1/projects", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ForwardedHeaders_AreBelievedOfTrustedProxiesOnly()
    {
        await using var open = await WholeServer.StartAsync();
        await using var trusting = await WholeServer.StartAsync(("MUSTER_TRUSTED_PROXIES", "127.0.0.1;::1"));

        (await SetCookieAsync(open)).ShouldNotContain("secure");
        (await SetCookieAsync(trusting)).ShouldContain("secure");

        static async Task<string> SetCookieAsync(WholeServer server)
        {
            using var client = server.Client(null);
            client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
            using var answer = await client.PostAsJsonAsync("/account/sign-in", new { email = "ada@example.com", password = "correct horse battery" });
            return answer.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant();
        }
    }
}
