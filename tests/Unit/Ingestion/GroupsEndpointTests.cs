using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class GroupsEndpointTests(IngestionServer server) : IClassFixture<IngestionServer>
{
    [Theory]
    [InlineData("/groups", "1")]
    [InlineData("/groups/", "1")]
    [InlineData("/groups?verbose=1", """{"status":1,"error":null}""")]
    [InlineData("/groups?strict=1", """{"code":200,"num_records_imported":1,"status":"OK"}""")]
    public async Task Groups_ValidUpdate_IsApplied(string path, string expected)
    {
        (await server.PostAsync(path, Record($"applied {path}", "\"$set\":{\"plan\":\"pro\"}"))).ShouldBe((200, expected));

        Profile($"applied {path}").ShouldBe("""{"plan":"pro"}""");
    }

    [Fact]
    public async Task Groups_EveryOperation_AppliesInOrder()
    {
        await server.PostAsync("/groups", $$"""
            [{{Record("all", "\"$set\":{\"a\":1,\"b\":2}")}},{{Record("all", "\"$set_once\":{\"a\":9,\"c\":3}")}},
             {{Record("all", "\"$union\":{\"l\":[\"x\",\"y\",\"x\"]}")}},{{Record("all", "\"$remove\":{\"l\":\"y\"}")}},{{Record("all", "\"$unset\":[\"b\"]")}}]
            """);

        Profile("all").ShouldBe("""{"a":1,"c":3,"l":["x"]}""");
    }

    [Fact]
    public async Task Groups_Delete_TheProfileIsGoneAndTheOtherOfThatNameIsNot()
    {
        await server.PostAsync("/groups", Record("7", "\"$set\":{}"));
        await server.PostAsync("/groups", Record("7", "\"$set\":{}", "team"));

        await server.PostAsync("/groups", """{"$token":"token-1","$group_key":"company","$group_id":7,"$delete":""}""");

        server.Rows("SELECT group_key FROM group_profile WHERE group_id = '7'").ShouldBe(["team"]);
    }

    [Theory]
    [InlineData("""{"$token":"token-1","$group_id":"a","$set":{}}""", "'$group_key' must not be missing or empty")]
    [InlineData("""{"$token":"token-1","$group_key":"company","$set":{}}""", "'$group_id' must not be missing or empty")]
    [InlineData("""{"$token":"token-1","$group_key":"company","$group_id":"a"}""", "the record has no operation: one of $delete, $set, $set_once, $add, $append, $union, $remove, $unset")]
    [InlineData("""{"$token":"token-1","$group_key":"company","$group_id":"a","$add":{"n":1}}""", "'$add' is not for groups")]
    [InlineData("""{"$token":"token-1","$group_key":"company","$group_id":"a","$append":{"n":1}}""", "'$append' is not for groups")]
    [InlineData("""{"$token":"token-1","$distinct_id":"u","$group_key":"company","$group_id":"a","$set":{}}""", "'$distinct_id' is of people; a group is named by '$group_key' and '$group_id'")]
    [InlineData("""{"$token":"x","$group_key":"company","$group_id":"a","$set":{}}""", "'$token' is invalid: no project has this token")]
    [InlineData("7", "the record must be an object with '$token', '$group_key', '$group_id' and an operation")]
    public async Task Groups_NothingValid_Answers0AndSaysWhy(string record, string error)
    {
        (await server.PostAsync("/groups", $"[{record}]")).ShouldBe((200, "0"));
        (await server.PostAsync("/groups?verbose=1", $"[{record}]")).ShouldBe((200, $$"""{"status":0,"error":"{{error}}"}"""));
    }

    private static string Record(string id, string members, string key = "company") =>
        $$"""{"$token":"{{IngestionServer.ProjectToken}}","$group_key":"{{key}}","$group_id":"{{id}}",{{members}} }""";

    private string? Profile(string id) => server.Rows($"SELECT properties FROM group_profile WHERE group_id = '{id}'").SingleOrDefault();
}
