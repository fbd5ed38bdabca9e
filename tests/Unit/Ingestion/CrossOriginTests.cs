using System.Net;
using System.Text;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class CrossOriginTests(IngestionServer server) : IClassFixture<IngestionServer>
{
    private const string Origin = "https://shop.example";

    [Theory]
    [InlineData("/track/", "[]", 200)]
    [InlineData("/engage/", "[]", 200)]
    [InlineData("/groups/", "[]", 200)]
    [InlineData("/import", "[]", 401)]
    public async Task Request_FromAPageElsewhere_TheOriginIsNamedOnErrorsToo(string path, string body, int status)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"));

        ((int)answer.StatusCode).ShouldBe(status);
        ShouldBeAllowed(answer);
    }

    [Fact]
    public async Task Request_StoreTakesNoWrites_TheOriginIsNamed()
    {
        server.StoreIsBroken = true;
        using var answer = await SendAsync(HttpMethod.Post, "/track", new StringContent(
            """{"event":"e","properties":{"token":"token-1"}}""", Encoding.UTF8, "application/json"));
        server.StoreIsBroken = false;

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ShouldBeAllowed(answer);
    }

    [Theory]
    [InlineData("/track")]
    [InlineData("/track/")]
    [InlineData("/engage/")]
    [InlineData("/groups/")]
    public async Task Preflight_AnyHeaders_AreAllowed(string path)
    {
        using var answer = await SendAsync(HttpMethod.Options, path, null, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-mine,authorization"));

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        ShouldBeAllowed(answer);
        answer.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("x-mine,authorization");
        answer.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("POST");
        answer.Headers.GetValues("Access-Control-Max-Age").Single().ShouldBe("1728000");
    }

    [Fact]
    public async Task Request_WithoutOrigin_SaysNothingOfOrigins()
    {
        using var answer = await server.SendAsync("/track", "[]"u8.ToArray());

        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    private static void ShouldBeAllowed(HttpResponseMessage answer)
    {
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(Origin);
        answer.Headers.GetValues("Access-Control-Allow-Credentials").Single().ShouldBe("true");
        answer.Headers.Vary.ShouldContain("Origin");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Add("Origin", Origin);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
