using System.Net;
using System.Text;
using CsCheck;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

/// <summary>Requests as the SDKs make them.</summary>
public sealed class SdkRequestTests(IngestionServer server) : IClassFixture<IngestionServer>
{
    private const string Name = "Größe 🙂 ~~~???>>>";

    private static readonly string Good = IngestionServer.Basic($"{IngestionServer.ProjectToken}:");

    public static TheoryData<string, string> Posts => new()
    {
        { Encodings.Form, nameof(Encodings.Bare) },
        { Encodings.Form, nameof(Encodings.Browser) },
        { Encodings.Form, nameof(Encodings.Plain) },
        { Encodings.Form, nameof(Encodings.PlainWithPluses) },
        { Encodings.Form + "; charset=UTF-8", nameof(Encodings.Bare) },
        { "text/plain;charset=UTF-8", nameof(Encodings.Browser) },
        { "text/plain;charset=UTF-8", nameof(Encodings.Bare) },
        { "text/plain", nameof(Encodings.Plain) },
    };

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Track_PostedForm_IsRead(string contentType, string encoding)
    {
        var id = $"{contentType} {encoding}";

        (await server.PostAsync("/track/", Encode(encoding, $"[{Event(id)}]"), contentType: contentType)).ShouldBe((200, "1"));

        EventsOf(id).ShouldBe([Name]);
    }

    [Theory]
    [InlineData(nameof(Encodings.Bare))]
    [InlineData(nameof(Encodings.Browser))]
    [InlineData(nameof(Encodings.Plain))]
    public async Task Track_Get_IsRead(string encoding)
    {
        var id = $"get {encoding}";

        (await server.GetAsync($"/track?ip=0&verbose=0&{Encode(encoding, Event(id))}&_=17")).ShouldBe((200, "1"));

        EventsOf(id).ShouldBe([Name]);
    }

    [Fact]
    public async Task Track_GetOf64Kilobytes_IsRead()
    {
        var long_ = string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"p{i}\":\"{new string('x', 200)}\""));

        (await server.GetAsync($"/track?{Encodings.Bare(Event("long", long_))}")).ShouldBe((200, "1"));

        EventsOf("long").ShouldBe([Name]);
    }

    [Fact]
    public async Task Track_GzipForm_IsRead() =>
        (await server.PostAsync("/track", Encodings.Bare(Event("gzip form")), contentType: Encodings.Form, gzip: true)).ShouldBe((200, "1"));

    [Fact]
    public async Task Track_JsonSentAsAForm_IsRead() =>
        (await server.PostAsync("/track", $" [{Event("curl")}]", contentType: Encodings.Form)).ShouldBe((200, "1"));

    [Fact]
    public async Task Track_PostWithDataInTheQuery_IsRead() =>
        (await server.PostAsync($"/track?{Encodings.Bare(Event("query"))}", "", contentType: Encodings.Form)).ShouldBe((200, "1"));

    [Theory]
    [InlineData("", "verbose=1&", """{"status":1,"error":null}""")]
    [InlineData("?verbose=0", "verbose=1&", "1")]
    [InlineData("?verbose=1", "verbose=0&", """{"status":1,"error":null}""")]
    [InlineData("?verbose=2", "", """{"status":1,"error":null}""")]
    public async Task Track_SwitchesInTheForm_CountWhereTheQueryHasNone(string query, string fields, string expected) =>
        (await server.PostAsync($"/track{query}", fields + Encodings.Plain(Event("switches")), contentType: Encodings.Form)).ShouldBe((200, expected));

    [Fact]
    public async Task Track_IpInTheForm_TheAddressStandsForTheId()
    {
        const string Nobody = """{"event":"address in form","properties":{"token":"token-1"}}""";

        await server.PostAsync("/track", $"ip=1&{Encodings.Plain(Nobody)}", contentType: Encodings.Form);

        server.Rows("SELECT length(distinct_id) FROM event JOIN identity USING (user_id) JOIN event_name USING (event_id) WHERE name = 'address in form'")
            .ShouldBe(["32"]);
    }

    [Theory]
    [InlineData("data=")]
    [InlineData("data=!!!")]
    [InlineData("nothing")]
    [InlineData("data=%7B")]
    public async Task Track_UnreadableForm_Answers0(string form)
    {
        (await server.PostAsync("/track", form, contentType: Encodings.Form)).ShouldBe((200, "0"));
        (await server.GetAsync($"/track?{form}")).ShouldBe((200, "0"));
    }

    [Theory]
    [InlineData("fn", "fn(1)")]
    [InlineData("a.b['c']", "a.b['c'](1)")]
    [InlineData("alert(1);fn", "1")]
    [InlineData("<script>", "1")]
    public async Task Track_Callback_IsCalledWhenItIsAName(string name, string expected)
    {
        using var answer = await server.Client.GetAsync(
            new Uri($"/track?callback={Uri.EscapeDataString(name)}&{Encodings.Bare(Event("callback"))}", UriKind.Relative), TestContext.Current.CancellationToken);

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(expected == "1" ? "text/plain" : "text/javascript");
    }

    [Fact]
    public async Task Engage_CallbackAndVerbose_CallsWithTheObject() =>
        (await server.GetAsync($"/engage?callback=fn&verbose=1&{Encodings.Bare(Profile("callback"))}")).ShouldBe((200, """fn({"status":1,"error":null})"""));

    [Theory]
    [InlineData("&data=!!!")]
    [InlineData("&data=W10=")]
    public async Task Track_Img_IsAPixelWhateverTheOutcome(string data)
    {
        using var answer = await server.Client.GetAsync(new Uri($"/track?img=1{data}", UriKind.Relative), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[1..4].ShouldBe("PNG"u8.ToArray());
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("&verbose=1", """{"status":1,"error":null}""")]
    [InlineData("&strict=1", """{"code":200,"num_records_imported":1,"status":"OK"}""")]
    [InlineData("&strict=0", """{"code":200,"num_records_imported":1,"status":"OK"}""")]
    public async Task Import_GetAndForm_AnswerAsTheSdkExpects(string query, string expected)
    {
        var record = $$"""{"event":"imported","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"i","token":"x"} }""";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/import?ip=0&{Encodings.Bare(record)}{query}", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", Good);
        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(expected);
        (await server.PostAsync($"/import?ip=0{query}", Encodings.Bare($"[{record}]"), Good, Encodings.Form)).ShouldBe((200, expected));
    }

    [Fact]
    public async Task Import_FormWithoutInsertId_IsTaken()
    {
        var record = $$"""{"event":"no insert id","properties":{"time":{{Decode.NowSeconds}} } }""";

        (await server.PostAsync("/import", Encodings.Bare(record), Good, Encodings.Form)).ShouldBe((200, "1"));
        (await server.PostAsync("/import", Encodings.Bare("{}"), Good, Encodings.Form)).ShouldBe((200, "0"));
        (await server.PostAsync("/import", "data=", Good, Encodings.Form)).ShouldBe((200, "0"));
        (await server.PostAsync("/import", Encodings.Bare(record), null, Encodings.Form)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task AnyEndpoint_AnyGarbage_IsNeverAFailureOfTheServer()
    {
        var types = Gens.Any("application/json", "application/x-ndjson", Encodings.Form, "text/plain", "nonsense");
        var paths = Gens.Any("/track", "/track/?verbose=1", "/engage", "/engage?strict=1", "/groups", "/import", "/import?strict=0", "/track?img=1&callback=f");
        var starts = Gens.Any("", "data=", "data=W3", "[{\"event\":", "[{\"$token\":\"token-1\",\"$distinct_id\":\"a\",\"$union\":", "{\"$token\":\"token-1\"");
        await Gen.Select(types, paths, starts, Gen.Byte.Array[0, 40], Gen.Bool).SampleAsync(async (type, path, start, bytes, gzip) =>
        {
            using var answer = await server.SendAsync(path, [.. Encoding.UTF8.GetBytes(start), .. bytes], Good, type, gzip);
            ((int)answer.StatusCode).ShouldBeLessThan(500);
        }, iter: 300, threads: 1);
    }

    private static string Encode(string encoding, string json) => encoding switch
    {
        nameof(Encodings.Bare) => Encodings.Bare(json),
        nameof(Encodings.Browser) => Encodings.Browser(json),
        nameof(Encodings.PlainWithPluses) => Encodings.PlainWithPluses(json),
        _ => Encodings.Plain(json),
    };

    private static string Event(string id, string more = "\"a\":1") =>
        $$"""{"event":"{{Name}}","properties":{"token":"{{IngestionServer.ProjectToken}}","distinct_id":"{{id}}",{{more}} } }""";

    private static string Profile(string id) => $$"""{"$token":"{{IngestionServer.ProjectToken}}","$distinct_id":"{{id}}","$set":{} }""";

    private List<string> EventsOf(string id) => server.Rows(
        $"SELECT name FROM event JOIN identity USING (user_id) JOIN event_name USING (event_id) WHERE distinct_id = '{id}'");
}
