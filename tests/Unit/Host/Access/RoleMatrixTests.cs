using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Api;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Access;

/// <summary>Every endpoint there is, whoever calls it: roles, other projects, and nobody.</summary>
public sealed partial class RoleMatrixTests
{
    // What is open, and why: it has credentials of its own, or nothing to protect.
    private static readonly string[] Open =
    [
        "/account/", "/track", "/engage", "/import", "/groups", "/hooks/", "/api/query/", "/api/2.0/", "/api/app/",
        "/health/", "/openapi/", "/docs", "/sign-in", "/first-start", "/invitation", "/not-found",
    ];

    // Made by the framework where the program runs from its sources, for files newer than its list of them; it answers nobody.
    private const string DevelopersFiles = "/{**path:file}";

    // Sessions and a second factor: what a token has none of.
    private const string OfPeopleOnly = "/api/v1/me/";

    private static readonly string[] Roles = ["consumer", "analyst", "admin"];

    [Fact]
    public async Task Endpoints_EachOne_HasAPolicyOrIsKnownToBeOpen()
    {
        await using var server = await WholeServer.StartAsync();

        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            if (path == DevelopersFiles || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            {
                continue;
            }

            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                Open.ShouldContain(prefix => path.StartsWith(prefix, StringComparison.Ordinal), path);
            }
            else
            {
                (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null)
                    .ShouldBeTrue($"{path} has no policy: nobody can call it. Give it one (RequireAuthorization), or AllowAnonymous and a line here.");
            }
        }
    }

    [Fact]
    public async Task Endpoints_WithAnId_SayWhoseItIs()
    {
        await using var server = await WholeServer.StartAsync();

        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is { Policy: not Policies.InstanceAdmin }))
        {
            if (RequestProject.KindOf(endpoint.RoutePattern) is var (kind, _))
            {
                RequestProject.Knows(kind).ShouldBeTrue($"{endpoint.RoutePattern.RawText}: whose a {kind} is, is not known; say it in RequestProject.");
            }
        }
    }

    [Fact]
    public async Task Calls_OfEveryRole_AreAnsweredAsTheirPolicySays()
    {
        await using var server = await WholeServer.StartAsync();
        var mine = await server.MakeProjectAsync("Mine");
        var other = await server.MakeProjectAsync("Other");
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in Roles)
        {
            tokens[role] = await server.MakeTokenAsync(role, mine.Project);
        }

        using var nobody = server.Client(null);
        var document = JsonElement.Parse(await nobody.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        var policies = PoliciesOf(server);
        var seen = 0;
        foreach (var (method, path) in Operations(document))
        {
            var least = policies[(method, path)];
            var has = path.Contains('{', StringComparison.Ordinal);
            (await StatusAsync(nobody, method, Fill(path, mine))).ShouldBe(HttpStatusCode.Unauthorized, $"nobody: {method} {path}");
            for (var i = 0; i < Roles.Length; i++)
            {
                using var client = server.Client(tokens[Roles[i]]);
                var what = $"{Roles[i]}: {method} {path} ({least})";
                var isAllowed = i >= least;
                if (!isAllowed)
                {
                    (await StatusAsync(client, method, Fill(path, mine))).ShouldBe(HttpStatusCode.Forbidden, what);
                }
                else if (path.StartsWith(OfPeopleOnly, StringComparison.Ordinal))
                {
                    (await StatusAsync(client, method, Fill(path, mine))).ShouldBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity], what);
                }
                else if (method == "GET")
                {
                    ((int)await StatusAsync(client, method, Fill(path, mine))).ShouldNotBeOneOf([401, 403, 500], what);
                }

                if (has && isAllowed)
                {
                    // As little can be told of what another project has as of what nobody has.
                    (await StatusAsync(client, method, Fill(path, other))).ShouldBe(HttpStatusCode.NotFound, $"{what} of another project");
                    (await StatusAsync(client, method, Fill(path, new ProjectThings(9999, 9999, 9999, 9999, 9999)))).ShouldBe(HttpStatusCode.NotFound, $"{what} of none");
                }

                seen++;
            }
        }

        seen.ShouldBeGreaterThan(150);
    }

    [Fact]
    public async Task Bodies_ThatAreNone_AreNeverAFailure()
    {
        await using var server = await WholeServer.StartAsync();
        var mine = await server.MakeProjectAsync("Mine");
        using var admin = server.Client(WholeServer.AdminToken);
        var document = JsonElement.Parse(await admin.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        string[] bodies = ["", "{", "[]", "null", "\"\\ud800\"", "{\"name\":{}}", "{\"a\":1,\"a\":2}", "\0\u0001"];

        foreach (var (method, path) in Operations(document).Where(o => o.Method is "POST" or "PATCH" or "PUT" && !o.Path.EndsWith("/runs", StringComparison.Ordinal)))
        {
            foreach (var body in bodies)
            {
                using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Fill(path, mine), UriKind.Relative)) { Content = content };
                using var answer = await admin.SendAsync(request);
                ((int)answer.StatusCode).ShouldBeLessThan(500, $"{method} {path} with '{body}'");
            }
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    // The least role of each call, as a position in Roles; beyond them: admins of every project.
    private static Dictionary<(string Method, string Path), int> PoliciesOf(WholeServer server)
    {
        var policies = new Dictionary<(string, string), int>();
        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                _ => "",
            }))));
            var policy = endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy;
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            {
                // Making a project has a policy of every admin, and says no to those of single projects itself.
                policies[(method, path)] = (method, path) == ("POST", "/api/v1/projects") ? 3
                    : policy == "SignedIn" ? 0
                    : policy == "InstanceAdmin" ? 3
                    : Array.IndexOf(Roles, policy?.ToLower(CultureInfo.InvariantCulture));
            }
        }

        return policies;
    }

    private static IEnumerable<(string Method, string Path)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        where path.Name.StartsWith("/api/v1/", StringComparison.Ordinal)
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name);

    [GeneratedRegex("{[a-zA-Z]+}")]
    private static partial Regex Parameter();

    private static string Fill(string path, ProjectThings things)
    {
        var kind = path.Split('/')[3];
        var first = kind switch
        {
            "projects" => things.Project,
            "cohorts" => things.Cohort,
            "connections" => things.Connection,
            "syncs" => things.Sync,
            "runs" => things.Run,
            _ => 9999,
        };
        var filled = path.Replace("{projectId}", things.Project.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{id}", first.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return Parameter().Replace(filled.Replace("{distinctId}", "nobody", StringComparison.Ordinal), "9999");
    }
}
