using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Muster.Web.Api;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Web;

public sealed class InProcessApiTests
{
    private static readonly Uri Origin = new("https://muster.example:8443/");

    [Fact]
    public async Task Send_BodyAndQuery_ArriveAsARequestOfThePerson()
    {
        HttpContext? seen = null;
        var body = "";
        var api = Api(async context =>
        {
            seen = context;
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            context.Response.StatusCode = StatusCodes.Status201Created;
            await context.Response.WriteAsync("""{"id":7}""");
        });
        var person = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "someone")], "test"));

        var answer = await api.SendAsync(HttpMethod.Post, "projects/1/cohorts?name=a%20b", new { name = "A" }, person, Origin, CancellationToken.None);

        answer.As<Made>().ShouldBe(new Outcome<Made>(new Made(7), null));
        body.ShouldBe("""{"name":"A"}""");
        seen!.User.ShouldBeSameAs(person);
        (seen.Request.Scheme, seen.Request.Host.Value, seen.Request.Path.Value).ShouldBe(("https", "muster.example:8443", "/api/v1/projects/1/cohorts"));
        seen.Request.Query["name"].ToString().ShouldBe("a b");
    }

    [Fact]
    public void As_Problem_IsTheRefusalWithItsFaults()
    {
        var answer = new ApiAnswer(422, Encoding.UTF8.GetBytes("""{"status":422,"code":"invalid","detail":"name: is required","errors":[{"path":"/name","message":"is required"}]}"""));

        var refusal = answer.As<Made>().Refusal.ShouldNotBeNull();

        (refusal.Status, refusal.Code).ShouldBe((422, "invalid"));
        refusal.Of("name").ShouldBe("It is required.");
        refusal.Of("apiKey").ShouldBeNull();
    }

    [Fact]
    public void As_NoProblem_IsARefusalAllTheSame() => new ApiAnswer(500, []).As<Made>().Refusal!.Code.ShouldBe("internal");

    private static InProcessApi Api(RequestDelegate pipeline)
    {
        var api = new InProcessApi(new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>());
        api.Attach(pipeline);
        return api;
    }

    private sealed record Made(int Id);
}
