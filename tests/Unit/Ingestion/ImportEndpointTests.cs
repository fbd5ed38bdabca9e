using System.Globalization;
using System.Net;
using System.Text;
using Muster.Ingestion;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class ImportEndpointTests(IngestionServer server) : IClassFixture<IngestionServer>
{
    private static readonly string Good = IngestionServer.Basic($"{IngestionServer.ProjectToken}:");

    [Theory]
    [InlineData("/import")]
    [InlineData("/import/")]
    [InlineData("/import?strict=1")]
    [InlineData("/import?strict=0")]
    public async Task Import_ValidEvents_AreCounted(string path)
    {
        var (status, text) = await server.PostAsync(path, $"[{Event("counted")},{Event("counted", "b")}]", Good);

        status.ShouldBe(200);
        text.ShouldBe("""{"code":200,"num_records_imported":2,"status":"OK"}""");
    }

    [Fact]
    public async Task Import_AcknowledgedEvent_IsReadAtOnce()
    {
        await server.PostAsync("/import", $"[{Event("read at once")}]", Good);

        Count("read at once").ShouldBe(1);
    }

    [Fact]
    public async Task Import_SentAgain_IsCountedButStoredOnce()
    {
        var body = $"[{Event("again")},{Event("again")}]";

        (await server.PostAsync("/import", body, Good)).Text.ShouldContain("\"num_records_imported\":2");
        (await server.PostAsync("/import", body, Good)).Text.ShouldContain("\"num_records_imported\":2");

        Count("again").ShouldBe(1);
    }

    [Fact]
    public async Task Import_StrictWithInvalidOnes_StoresTheOthersAndNamesThese()
    {
        var (status, text) = await server.PostAsync(
            "/import?strict=1", $$"""[{"event":"partly","properties":{"$insert_id":"x-1"} },{{Event("partly")}},{"properties":{} }]""", Good);

        status.ShouldBe(400);
        text.ShouldBe(
            """{"code":400,"error":"some data points in the request failed validation","num_records_imported":1,"failed_records":["""
            + """{"index":0,"$insert_id":"x-1","insert_id":"x-1","field":"properties.time","message":"'properties.time' is invalid: must be specified as seconds since epoch"},"""
            + """{"index":2,"$insert_id":null,"insert_id":null,"field":"event","message":"'event' must not be missing or blank"}],"status":"Bad Request"}""");
        Count("partly").ShouldBe(1);
    }

    [Fact]
    public async Task Import_NotStrict_StoresAndCountsTheValidOnes()
    {
        var (status, text) = await server.PostAsync("/import?strict=0", $$"""[{{Event("lenient")}},{"event":"lenient"} ]""", Good);

        status.ShouldBe(200);
        text.ShouldBe("""{"code":200,"num_records_imported":1,"status":"OK"}""");
    }

    [Fact]
    public async Task Import_NdJson_EachLineIsARecord()
    {
        var (_, text) = await server.PostAsync(
            "/import", $"{Event("lines")}\n\nbroken\n{Event("lines", "b")}\n", Good, "application/x-ndjson; charset=utf-8");

        text.ShouldContain("\"num_records_imported\":2");
        text.ShouldContain("\"index\":1");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Import_Gzip_IsUnpacked(string contentType)
    {
        var events = Enumerable.Range(0, 2000).Select(i => Event($"gzip {contentType}", $"user-{i}"));
        var body = contentType == "application/json" ? $"[{string.Join(',', events)}]" : string.Join('\n', events);

        var (status, text) = await server.PostAsync("/import", body, Good, contentType, gzip: true);

        status.ShouldBe(200);
        text.ShouldContain("2000");
        Count($"gzip {contentType}").ShouldBe(2000);
    }

    [Fact]
    public async Task Import_TokenInTheRecord_IsIgnoredForTheCredentials()
    {
        await server.PostAsync("/import", Event("mine").Replace("\"x\":1", $"\"token\":\"{IngestionServer.OtherToken}\"", StringComparison.Ordinal), Good);

        server.Rows("SELECT project_id, properties FROM event JOIN event_name USING (event_id, project_id) WHERE name = 'mine'").ShouldBe(["""1|{"$user_id":"a"}"""]);
    }

    [Theory]
    [InlineData("token-1:", 1)]
    [InlineData("secret-1:", 1)]
    [InlineData("token-2:", 2)]
    [InlineData("one:api-one", 1)]
    public async Task Import_BasicCredentials_NameTheProject(string credentials, int project)
    {
        var name = $"auth {credentials}";

        (await server.PostAsync("/import", Event(name), IngestionServer.Basic(credentials))).Status.ShouldBe(200);
        (await server.PostAsync("/import", Event(name, "plain"), $"Basic {credentials}")).Status.ShouldBe(200);

        server.Rows($"SELECT DISTINCT project_id FROM event_name WHERE name = '{name}'").ShouldBe([project.ToString(CultureInfo.InvariantCulture)]);
        Count(name).ShouldBe(2);
    }

    [Theory]
    [InlineData("Bearer api-everywhere", "?project_id=2", 200)]
    [InlineData("Basic everywhere:api-everywhere", "?project_id=1", 200)]
    [InlineData("Bearer api-one", "", 200)]
    [InlineData("Basic token-1:", "?project_id=1", 200)]
    [InlineData("Bearer api-everywhere", "", 400)]
    [InlineData("Bearer api-everywhere", "?project_id=x", 400)]
    [InlineData(null, "", 401)]
    [InlineData("Basic", "", 401)]
    [InlineData("Basic !", "", 401)]
    [InlineData("Basic :", "", 401)]
    [InlineData("Basic wrong:", "", 401)]
    [InlineData("Basic token-1:x", "", 401)]
    [InlineData("Basic other:api-one", "?project_id=1", 401)]
    [InlineData("Bearer wrong", "?project_id=1", 401)]
    [InlineData("Bearer api-one", "?project_id=2", 403)]
    [InlineData("Bearer api-reader", "?project_id=1", 403)]
    [InlineData("Bearer api-everywhere", "?project_id=99", 403)]
    [InlineData("Basic token-1:", "?project_id=2", 403)]
    public async Task Import_Credentials_AreChecked(string? authorization, string query, int expected) =>
        (await server.PostAsync($"/import{query}", "[]", authorization)).Status.ShouldBe(expected);

    [Fact]
    public async Task Import_WrongCredentials_AnswersInTheDocumentedShape() =>
        (await server.PostAsync("/import", "[]", "Basic wrong:")).Text.ShouldBe("""{"code":401,"error":"Invalid credentials","status":"Unauthorized"}""");

    [Fact]
    public async Task Import_NotJson_IsRefusedAsAWhole()
    {
        var (status, text) = await server.PostAsync("/import", "hello", Good);

        status.ShouldBe(400);
        text.ShouldStartWith("""{"code":400,"error":"the body is not valid JSON""");
        text.ShouldNotContain("failed_records");
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Import_EncodingNotKnown_SaysSo(string contentType)
    {
        var (status, text) = await server.PostAsync("/import", $"[{Event("unknown encoding")}]", Good, contentType);

        status.ShouldBe(415);
        text.ShouldContain("send application/json, application/x-ndjson, or a form");
        Count("unknown encoding").ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(60)]
    public async Task Import_GzipCutOff_TakesNothingAndSaysSo(int missing)
    {
        var lines = string.Concat(Enumerable.Range(0, 50).Select(i => Event("cut off gzip", $"user-{i}") + "\n"));
        using var content = new ByteArrayContent(IngestionServer.Pack(Encoding.UTF8.GetBytes(lines))[..^missing]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/import", UriKind.Relative)) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", Good);

        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("not valid gzip");
        Count("cut off gzip").ShouldBe(0);
    }

    [Fact]
    public async Task Import_BrokenGzip_SaysSo()
    {
        var packed = IngestionServer.Pack(Encoding.UTF8.GetBytes($"[{Event("broken gzip")}]"));
        using var content = new ByteArrayContent(packed[..^12]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/import", UriKind.Relative)) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", Good);

        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        Count("broken gzip").ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_MoreThanTenMegabytesUnpacked_IsRefused(bool gzip)
    {
        var spaces = new string(' ', Limits.BodyBytes - 1);

        (await server.PostAsync("/import", $"[]{spaces}", Good, gzip: gzip)).ShouldBe(
            (413, """{"code":413,"error":"request exceeds max limit of 10485760 bytes","status":"Request Entity Too Large"}"""));
        (await server.PostAsync("/import", $"[]{spaces[1..]}", Good, gzip: gzip)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Import_ABombOfGzip_IsRefused() =>
        (await server.PostAsync("/import", new string('[', 200_000_000), Good, gzip: true)).Status.ShouldBe(413);

    [Fact]
    public async Task Import_MoreThan2000Records_IsRefused() =>
        (await server.PostAsync("/import", $"[{string.Join(',', Enumerable.Repeat("{}", 2001))}]", Good)).ShouldBe(
            (413, """{"code":413,"error":"request exceeds max limit of 2000 records","status":"Request Entity Too Large"}"""));

    [Fact]
    public async Task Import_StoreTakesNoWrites_SaysWhenToTryAgain()
    {
        server.StoreIsBroken = true;
        using var answer = await server.SendAsync("/import", Encoding.UTF8.GetBytes($"[{Event("not stored")}]"), Good);
        server.StoreIsBroken = false;

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("{\"code\":503,");
    }

    [Fact]
    public async Task Import_ManyAtOnce_EveryEventIsStoredOnce()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(call => server.PostAsync(
            "/import", $"[{string.Join(',', Enumerable.Range(0, 50).Select(i => Event("parallel", $"u{(call / 2 * 50) + i}")))}]", Good, gzip: call % 2 == 0)));

        answers.ShouldAllBe(a => a.Status == 200);
        Count("parallel").ShouldBe(1000);
    }

    private static string Event(string name, string who = "a") =>
        $$"""{"event":"{{name}}","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"{{who}}","$insert_id":"i-{{who}}","x":1} }""";

    private int Count(string name) =>
        int.Parse(server.Rows($"SELECT count(*) FROM event JOIN event_name USING (event_id, project_id) WHERE name = '{name}'").Single(), CultureInfo.InvariantCulture);
}
