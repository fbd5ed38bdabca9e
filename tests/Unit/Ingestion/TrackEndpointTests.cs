using System.Net;
using System.Text;
using Muster.Ingestion.Decoding;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class TrackEndpointTests(IngestionServer server) : IClassFixture<IngestionServer>
{
    [Theory]
    [InlineData("/track")]
    [InlineData("/track/")]
    public async Task Track_ValidEvent_AnswersExactly1(string path)
    {
        using var answer = await server.SendAsync(path, Encoding.UTF8.GetBytes(Event("valid")));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe("1"u8.ToArray());
    }

    [Fact]
    public async Task Track_Token_NamesTheProjectOfEachEvent()
    {
        await server.PostAsync("/track", $"[{Event("two projects")},{Event("two projects", IngestionServer.OtherToken)}]");

        server.Rows("SELECT e.project_id, properties FROM event e JOIN event_name USING (event_id) WHERE name = 'two projects' ORDER BY 1").ShouldBe(["1|{}", "2|{}"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("junk")]
    [InlineData("[{}]")]
    [InlineData("""[{"event":"e","properties":{"token":"unknown"}}]""")]
    [InlineData("""[{"event":"e","properties":{}}]""")]
    public async Task Track_NothingValid_Answers0(string body) =>
        (await server.PostAsync("/track", body)).ShouldBe((200, "0"));

    [Theory]
    [InlineData("[]", "the request has no records")]
    [InlineData("""[{"event":"e","properties":{"token":"unknown"}}]""", "'properties.token' is invalid: no project has this token")]
    [InlineData("""[{"event":"e","properties":{}}]""", "'properties.token' must not be missing or empty")]
    [InlineData("""[{"event":"","properties":{"token":"token-1"}}]""", "'event' must not be missing or blank")]
    public async Task Track_VerboseAndNothingValid_SaysWhy(string body, string error) =>
        (await server.PostAsync("/track?verbose=1", body)).ShouldBe((200, $$"""{"status":0,"error":"{{error}}"}"""));

    [Fact]
    public async Task Track_VerboseAndValid_SaysSo() =>
        (await server.PostAsync("/track?verbose=2", Event("verbose"))).ShouldBe((200, """{"status":1,"error":null}"""));

    [Fact]
    public async Task Track_VerboseAndPartlyValid_Is1AndNamesTheFirstRefused()
    {
        var (_, text) = await server.PostAsync("/track?verbose=1", $$"""[{{Event("partly")}},{"event":"e","properties":{} }]""");

        text.ShouldStartWith("""{"status":1,"error":"1 of 2 records were refused; record 1: """);
    }

    [Fact]
    public async Task Track_OlderThanFiveDays_IsSuccessAndNotStored()
    {
        var old = EventTime.FromDateTime(Decode.Now.AddDays(-6));
        var (_, text) = await server.PostAsync("/track", $$"""{"event":"old","properties":{"token":"token-1","time":{{old}} } }""");

        text.ShouldBe("1");
        server.Rows("SELECT * FROM event_name WHERE name = 'old'").ShouldBeEmpty();
    }

    [Fact]
    public async Task Track_NoIdAndIpIsOn_TheAddressStandsForIt()
    {
        await server.PostAsync("/track?ip=1", Event("by address"));
        await server.PostAsync("/track", Event("by nobody"));

        server.Rows("SELECT DISTINCT length(distinct_id) FROM event JOIN identity USING (user_id) JOIN event_name USING (event_id) WHERE name = 'by address'").ShouldBe(["32"]);
        server.Rows("SELECT user_id FROM event JOIN event_name USING (event_id) WHERE name = 'by nobody'").ShouldBe([""]);
    }

    [Fact]
    public async Task Track_SentAgainWithoutTime_IsStoredOnce()
    {
        const string Body = """{"event":"no time","properties":{"token":"token-1","distinct_id":"a","$insert_id":"abc"}}""";

        await server.PostAsync("/track", Body);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await server.PostAsync("/track", Body);

        server.Rows("SELECT count(*) FROM event JOIN event_name USING (event_id) WHERE name = 'no time'").ShouldBe(["1"]);
    }

    [Theory]
    [InlineData("application/octet-stream", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    public async Task Track_EncodingNotKnown_SaysSo(string contentType, int expected)
    {
        var (status, text) = await server.PostAsync("/track", "data=e30%3D", contentType: contentType);

        status.ShouldBe(expected);
        text.ShouldStartWith("""{"status":"error","error":"the content type""");
    }

    [Fact]
    public async Task Track_TooManyRecords_Is413() =>
        (await server.PostAsync("/track", $"[{string.Join(',', Enumerable.Repeat("{}", 2001))}]")).Status.ShouldBe(413);

    [Fact]
    public async Task Track_StoreTakesNoWrites_Is503()
    {
        server.StoreIsBroken = true;
        using var answer = await server.SendAsync("/track", Encoding.UTF8.GetBytes(Event("not stored")));
        server.StoreIsBroken = false;

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static string Event(string name, string token = IngestionServer.ProjectToken) =>
        $$"""{"event":"{{name}}","properties":{"token":"{{token}}"} }""";
}
