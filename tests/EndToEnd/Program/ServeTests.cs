using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Program;

/// <summary>The served program from start to stop.</summary>
public sealed partial class ServeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_StopsOnSigtermAndStartsAgain_KeepsWhatWasMade()
    {
        await using var muster = await MusterProcess.StartAsync();
        (await muster.Http.PostAsJsonAsync("/api/v1/projects", new { name = "Shop" }, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await muster.StopAsync()).ShouldBe(0);
        await muster.StartAgainAsync();

        var projects = await muster.Http.GetFromJsonAsync<JsonElement>("/api/v1/projects", Cancelled);
        projects.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Tokens_NamedAsTheSetting_AreRefused()
    {
        await using var muster = await MusterProcess.StartAsync();

        var answer = await muster.Http.PostAsJsonAsync("/api/v1/tokens", new { name = "MUSTER_ADMIN_TOKEN", role = "admin" }, Cancelled);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Serve_Killed_StartsAgain()
    {
        await using var muster = await MusterProcess.StartAsync();
        await muster.KillAsync();

        await muster.StartAgainAsync();

        (await muster.Http.GetAsync("/health/ready", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Serve_FolderOrAddressInUse_EndsWithOneLine()
    {
        await using var muster = await MusterProcess.StartAsync();
        var other = Directory.CreateTempSubdirectory("muster-other-").FullName;

        var sameFolder = await MusterProgram.RunAsync(["serve", "--urls", "http://127.0.0.1:0", "--data-dir", muster.DataDir]);
        var sameAddress = await MusterProgram.RunAsync(["serve", "--urls", muster.Address.ToString(), "--data-dir", other]);
        Directory.Delete(other, recursive: true);

        sameFolder.Status.ShouldBe(1);
        sameFolder.ErrorLines.ShouldHaveSingleItem().ShouldContain("in use by another muster process");
        sameAddress.Status.ShouldBe(1);
        sameAddress.ErrorLines.ShouldHaveSingleItem().ShouldStartWith("MUSTER_URLS");
    }

    [Fact]
    public async Task Health_Ready_NamesEachCheck()
    {
        await using var muster = await MusterProcess.StartAsync();

        var live = await muster.Http.GetFromJsonAsync<JsonElement>("/health/live", Cancelled);
        var ready = await muster.Http.GetFromJsonAsync<JsonElement>("/health/ready", Cancelled);

        live.GetProperty("status").GetString().ShouldBe("healthy");
        ready.GetProperty("checks").EnumerateObject().Select(c => c.Name).ShouldBe(["controlDatabase", "warehouse", "scheduler"]);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404, "not_found")]
    [InlineData("PUT", "/api/v1/projects", 405, "method_not_allowed")]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/v1/runs/77", 404, "not_found")]
    [InlineData("POST", "/api/v1/projects", 422, "invalid")]
    public async Task Api_WhatCannotBeAnswered_IsAProblem(string method, string path, int status, string code)
    {
        await using var muster = await MusterProcess.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await muster.Http.SendAsync(request, Cancelled);

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Api_WithoutToken_Is401EverywhereUnderIt()
    {
        await using var muster = await MusterProcess.StartAsync();
        using var nobody = new HttpClient { BaseAddress = muster.Address };
        var document = await muster.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancelled);

        foreach (var (path, method) in Operations(document).Where(o => o.Path.StartsWith("/api/v1", StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), FillIn(path));
            using var answer = await nobody.SendAsync(request, Cancelled);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }
    }

    [Fact]
    public async Task OpenApi_Document_HasEveryCallWithSummaryAndRefusals()
    {
        await using var muster = await MusterProcess.StartAsync();

        var document = await muster.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancelled);

        document.GetProperty("info").GetProperty("title").GetString().ShouldBe("Muster");
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString().ShouldBe("bearer");
        var operations = Operations(document).ToList();
        operations.ShouldContain(("/api/v1/projects/{projectId}/syncs", "post"));
        operations.ShouldContain(("/api/v1/runs/{id}/receipts.csv", "get"));
        operations.ShouldContain(("/api/v1/cohorts/{id}/members.csv", "get"));
        operations.ShouldContain(("/import", "post"));
        foreach (var (path, method) in operations)
        {
            var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);
            operation.TryGetProperty("summary", out _).ShouldBeTrue($"{method} {path}");
            operation.GetProperty("responses").TryGetProperty("default", out _).ShouldBe(path.StartsWith("/api/v1/", StringComparison.Ordinal) || path == "/metrics", $"{method} {path}");
        }
    }

    [Fact]
    public async Task Docs_Page_LoadsNothingFromElsewhere()
    {
        await using var muster = await MusterProcess.StartAsync();

        var page = await muster.Http.GetStringAsync("/docs", Cancelled);
        var script = await muster.Http.GetAsync("/docs/scalar.js", Cancelled);

        page.ShouldContain("src=\"scalar.js\"");
        page.ShouldNotContain("http://");
        page.ShouldNotContain("https://");
        script.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static IEnumerable<(string Path, string Method)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name);

    private static string FillIn(string path) => Parameter().Replace(path, "1");

    [GeneratedRegex("{[a-zA-Z]+}")]
    private static partial Regex Parameter();
}
