using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class ProfileDecoderTests
{
    [Fact]
    public void Decode_Set_KeepsValuesAsWritten() =>
        Decode.Applied(null, """
            "$set":{"a":1.50,"b":null,"c":"x\ud83d","d":[1, 2],"e\n":true}
            """).ShouldBe("""{"a":1.50,"b":null,"c":"x�","d":[1, 2],"e\n":true}""");

    [Fact]
    public void Decode_SeveralOperations_ApplyInTheirOwnOrder() =>
        Decode.Applied("""{"x":1,"y":2}""", """
            "$unset":["b"],"$set_once":{"a":9,"c":3},"$set":{"a":1,"b":2},"$delete":""
            """).ShouldBe("""{"a":1,"c":3}""");

    [Fact]
    public void Decode_EveryOperation_AppliesInItsOwnOrder() =>
        Decode.Applied("""{"old":1}""", """
            "$add":{"n":1},"$unset":["u"],"$remove":{"l":"b"},"$union":{"l":["a","b"],"one":"x"},"$append":{"l":"a"},"$set_once":{"n":5,"u":1},"$set":{"s":[1, 2]},"$delete":""
            """).ShouldBe("""{"s":[1, 2],"n":6,"l":["a"],"one":["x"]}""");

    [Fact]
    public void Decode_ListOnAProfile_MayBeLong() =>
        Decode.Applied(null, $"\"$set\":{{\"l\":[{string.Join(',', Enumerable.Range(0, 1000))}]}}")!.Length.ShouldBeGreaterThan(3000);

    [Theory]
    [InlineData("\"$delete\":\"\"")]
    [InlineData("\"$delete\":null")]
    [InlineData("\"$delete\":{\"x\":[1]}")]
    public void Decode_Delete_ItsValueIsIgnored(string members) => Decode.Applied("{}", members).ShouldBeNull();

    [Fact]
    public void Decode_WhatSendersAddBesides_IsIgnored() =>
        Decode.Applied(null, """
            "$ip":"0","$device_id":"d","$user_id":"u","$had_persisted_distinct_id":false,"$ignore_alias":true,"mp_lib":"x","$set":{"a":1}
            """).ShouldBe("""{"a":1}""");

    [Theory]
    [InlineData("\"$set\":[]", "$set", "'$set' is invalid: must be an object of properties")]
    [InlineData("\"$set_once\":\"x\"", "$set_once", "'$set_once' is invalid: must be an object of properties")]
    [InlineData("\"$unset\":\"x\"", "$unset", "'$unset' is invalid: must be a list of property names")]
    [InlineData("\"$unset\":[[\"x\"]]", "$unset", "'$unset' is invalid: must be a list of property names")]
    [InlineData("\"$set\":{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}", "$set", "'$set.a' is invalid: objects may be nested 3 deep at most")]
    [InlineData("\"x\":1", "$set", "the record has no operation: one of $delete, $set, $set_once, $add, $append, $union, $remove, $unset")]
    [InlineData("\"$add\":{\"n\":\"1\"},\"$set\":{\"a\":1}", "$add", "'$add.n' is invalid: must be a number")]
    [InlineData("\"$add\":{\"n\":1e999}", "$add", "'$add.n' is invalid: must be a number")]
    [InlineData("\"$add\":1", "$add", "'$add' is invalid: must be an object of properties")]
    [InlineData("\"$append\":[]", "$append", "'$append' is invalid: must be an object of properties")]
    [InlineData("\"$union\":\"x\"", "$union", "'$union' is invalid: must be an object of properties")]
    [InlineData("\"$remove\":null", "$remove", "'$remove' is invalid: must be an object of properties")]
    public void Decode_Invalid_SaysWhatIsWrong(string members, string field, string message)
    {
        var fault = Decode.Profile(members).Fault!;

        fault.Field.ShouldBe(field);
        fault.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("""{"$token":"t","$set":{}}""")]
    [InlineData("""{"$token":"t","$distinct_id":"","$set":{}}""")]
    [InlineData("""{"$token":"t","$distinct_id":null,"$set":{}}""")]
    [InlineData("[]")]
    [InlineData("7")]
    public void Decode_WithoutDistinctId_IsRefused(string record) =>
        Decode.Profiles(System.Text.Encoding.UTF8.GetBytes($"[{record}]"))!.Single().Fault!.Field.ShouldBe("$distinct_id");

    [Fact]
    public void Decode_DistinctIdIsANumber_IsItsText() =>
        Decode.Profiles("""{"$token":"t","$distinct_id":12.50,"$set":{}}"""u8.ToArray())!.Single().Update!.DistinctId.ShouldBe("12.50");

    [Fact]
    public void Decode_LastSeen_IsArrivalOrTimeOrNothing()
    {
        LastSeen("\"$set\":{}").ShouldBe(Decode.Now);
        LastSeen("\"$set\":{},\"$ignore_time\":false").ShouldBe(Decode.Now);
        LastSeen("\"$set\":{},\"$ignore_time\":true").ShouldBeNull();
        LastSeen("\"$set\":{},\"$ignore_time\":\"true\"").ShouldBeNull();
        LastSeen("\"$set\":{},\"$time\":1700000000").ShouldBe(new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc));
        LastSeen("\"$set\":{},\"$time\":99999999999").ShouldBe(Decode.Now);

        static DateTime? LastSeen(string members) => Decode.Profile(members).Update!.LastSeen;
    }

    [Fact]
    public void Decode_Unset_TakesNames() =>
        Decode.Profile("\"$unset\":[\"a\",\"b\\n\"]").Update!.Operations.Single().ShouldBeOfType<ProfileOperation.Unset>().Names.ShouldBe(["a", "b\n"]);
}
