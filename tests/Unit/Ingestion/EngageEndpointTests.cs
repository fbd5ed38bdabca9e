using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class EngageEndpointTests(IngestionServer server) : IClassFixture<IngestionServer>
{
    [Theory]
    [InlineData("/engage", "1")]
    [InlineData("/engage/", "1")]
    [InlineData("/engage?verbose=1", """{"status":1,"error":null}""")]
    [InlineData("/engage?strict=1", """{"code":200,"num_records_imported":1,"status":"OK"}""")]
    public async Task Engage_ValidUpdate_IsApplied(string path, string expected)
    {
        var (status, text) = await server.PostAsync(path, Record($"applied {path}", """
            "$set":{"$email":"a@x.example"}
            """));

        (status, text).ShouldBe((200, expected));
        Profile($"applied {path}").ShouldBe("""{"$email":"a@x.example","$last_seen":"2026-03-01T12:00:00"}""");
    }

    [Fact]
    public async Task Engage_Batch_AppliesInOrder()
    {
        await server.PostAsync("/engage", $"""
            [{Record("order", "\"$set\":{\"a\":1,\"b\":1}")},{Record("order", "\"$unset\":[\"b\"],\"$ignore_time\":true")},
             {Record("order", "\"$set_once\":{\"a\":2,\"c\":3},\"$ignore_time\":true")}]
            """);

        Profile("order").ShouldBe("""{"a":1,"$last_seen":"2026-03-01T12:00:00","c":3}""");
    }

    [Fact]
    public async Task Engage_Delete_TheProfileIsGone()
    {
        await server.PostAsync("/engage", Record("gone", "\"$set\":{}"));
        await server.PostAsync("/engage", Record("gone", "\"$delete\":\"\""));

        Profile("gone").ShouldBeNull();
        server.Rows("SELECT * FROM identity WHERE distinct_id = 'gone'").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"$token":"unknown","$distinct_id":"a","$set":{}}""", "'$token' is invalid: no project has this token")]
    [InlineData("""{"$distinct_id":"a","$set":{}}""", "'$token' must not be missing or empty")]
    [InlineData("""{"$token":"token-1","$set":{}}""", "'$distinct_id' must not be missing or empty")]
    [InlineData("""{"$token":"token-1","$distinct_id":"a","$add":{"n":"1"}}""", "'$add.n' is invalid: must be a number")]
    public async Task Engage_NothingValid_Answers0AndSaysWhy(string record, string error)
    {
        (await server.PostAsync("/engage", record)).ShouldBe((200, "0"));
        (await server.PostAsync("/engage?verbose=1", record)).ShouldBe(
            (200, $$"""{"status":0,"error":"{{error}}"}"""));
    }

    [Fact]
    public async Task Engage_StrictAndPartlyValid_NamesTheOthers()
    {
        var (status, text) = await server.PostAsync("/engage?strict=1", $"""
            [{Record("strict", "\"$append\":1")},{Record("strict", "\"$set\":{\"a\":1}")}]
            """);

        status.ShouldBe(400);
        text.ShouldContain("\"num_records_imported\":1,\"failed_records\":[{\"index\":0,");
        text.ShouldContain("\"field\":\"$append\"");
        Profile("strict").ShouldNotBeNull();
    }

    [Fact]
    public async Task Engage_ProfileIsFull_TheRecordIsRefused()
    {
        var full = string.Join(',', Enumerable.Range(0, 1999).Select(i => $"\"p{i}\":0"));
        await server.PostAsync("/engage", Record("full", $"\"$set\":{{{full}}}"));

        (await server.PostAsync("/engage?verbose=1", Record("full", "\"$set\":{\"x\":1,\"y\":2}"))).Text
            .ShouldBe("""{"status":0,"error":"the profile would have more than 2000 properties"}""");
    }

    [Fact]
    public async Task Engage_AddToAText_TheRecordIsRefusedAndTheOthersAreApplied()
    {
        await server.PostAsync("/engage", Record("text", "\"$set\":{\"n\":\"x\"},\"$ignore_time\":true"));

        var (status, text) = await server.PostAsync("/engage?strict=1", $"""
            [{Record("text", "\"$append\":{\"l\":1},\"$ignore_time\":true")},{Record("text", "\"$add\":{\"n\":1}")}]
            """);

        status.ShouldBe(400);
        text.ShouldContain("\"num_records_imported\":1,\"failed_records\":[{\"index\":1,");
        text.ShouldContain("\"field\":\"$add\"");
        Profile("text").ShouldBe("""{"n":"x","l":[1]}""");
    }

    [Fact]
    public async Task Engage_ManyAtOnce_EveryAdditionCounts()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.PostAsync("/engage", Record("counter", "\"$add\":{\"n\":1},\"$ignore_time\":true"))));

        Profile("counter").ShouldBe("""{"n":50}""");
    }

    private static string Record(string who, string members) =>
        $$"""{"$token":"{{IngestionServer.ProjectToken}}","$distinct_id":"{{who}}",{{members}} }""";

    private string? Profile(string who) =>
        server.Rows($"SELECT properties FROM profile JOIN identity USING (user_id) WHERE distinct_id = '{who}'").SingleOrDefault();
}
