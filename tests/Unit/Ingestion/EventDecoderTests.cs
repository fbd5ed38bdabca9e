using System.Globalization;
using System.Text;
using Muster.Ingestion;
using Muster.Ingestion.Bodies;
using Muster.Ingestion.Decoding;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class EventDecoderTests
{
    [Fact]
    public void Decode_ValidEvent_CoreFieldsAreTakenOutAndTheRestIsKeptAsWritten()
    {
        var (record, properties) = Decode.Event("""
            "token":"t","ip":"1.2.3.4","a": 1.50 ,"b":[1, 2 ,{"c": null}],"$source":"iterable","d":"ü\n\u00e9","e":true
            """);

        record.Fault.ShouldBeNull();
        record.Token.ShouldBe("t");
        var stored = record.Event!;
        stored.Name.ShouldBe("did");
        stored.DistinctId.ShouldBe("a");
        stored.InsertId.ShouldBe("i-1");
        stored.InsertIdIsOurs.ShouldBeFalse();
        stored.Time.ShouldBe(Decode.Now);
        stored.ReceivedAt.ShouldBe(Decode.Now);
        stored.Source.ShouldBe("iterable");
        properties.ShouldBe("""{"a":1.50,"b":[1, 2 ,{"c": null}],"$source":"iterable","d":"ü\né","e":true}""");
    }

    [Theory]
    [InlineData("""{"properties":{}}""", "event", "'event' must not be missing or blank")]
    [InlineData("""{"event":"  ","properties":{}}""", "event", "'event' must not be missing or blank")]
    [InlineData("""{"event":null,"properties":{}}""", "event", "'event' must not be missing or blank")]
    [InlineData("""{"event":7,"properties":{}}""", "event", "'event' is invalid: must be a string")]
    [InlineData("""{"event":"e"}""", "properties.time", "'properties.time' is invalid: must be specified as seconds since epoch")]
    [InlineData("""{"event":"e","properties":{"time":"1700000000","distinct_id":"a","$insert_id":"1"}}""", "properties.time", "'properties.time' is invalid: must be specified as seconds since epoch")]
    [InlineData("""{"event":"e","properties":{"time":{},"distinct_id":"a","$insert_id":"1"}}""", "properties.time", "'properties.time' is invalid: must be specified as seconds since epoch")]
    [InlineData("""{"event":"e","properties":{"time":31535999,"distinct_id":"a","$insert_id":"1"}}""", "properties.time", "'properties.time' is invalid: must not be before 1971-01-01")]
    [InlineData("""{"event":"e","properties":{"time":99999999999,"distinct_id":"a","$insert_id":"1"}}""", "properties.time", "'properties.time' is invalid: must not be more than 1 hour in the future")]
    [InlineData("""{"event":"e","properties":{"time":1700000000,"$insert_id":"1"}}""", "properties.distinct_id", "'properties.distinct_id' must not be missing; send \"\" for an event of nobody")]
    [InlineData("""{"event":"e","properties":{"time":1700000000,"distinct_id":["a"],"$insert_id":"1"}}""", "properties.distinct_id", "'properties.distinct_id' is invalid: must be a string")]
    [InlineData("""{"event":"e","properties":{"time":1700000000,"distinct_id":"a"}}""", "properties.$insert_id", "'properties.$insert_id' must not be missing or blank")]
    [InlineData("""{"event":"e","properties":{"time":1700000000,"distinct_id":"a","$insert_id":"a b"}}""", "properties.$insert_id", "'properties.$insert_id' is invalid: must be at most 36 characters of A-Z a-z 0-9 -")]
    [InlineData("""{"event":"e","properties":{"time":1700000000,"distinct_id":"a","$insert_id":"1234567890123456789012345678901234567"}}""", "properties.$insert_id", "'properties.$insert_id' is invalid: must be at most 36 characters of A-Z a-z 0-9 -")]
    [InlineData("""{"event":"e","properties":{"time":1700000000,"distinct_id":"a","$insert_id":"undefined"}}""", "properties.$insert_id", "'properties.$insert_id' is invalid: 'undefined' is not accepted as an id")]
    [InlineData("""{"event":"e","properties":[]}""", "properties.time", "'properties.time' is invalid: must be specified as seconds since epoch")]
    [InlineData("""7""", "event", "the record must be an object with 'event' and 'properties'")]
    [InlineData("""[{"event":"e"}]""", "event", "the record must be an object with 'event' and 'properties'")]
    public void Decode_StrictAndInvalid_NamesTheFirstFault(string record, string field, string message)
    {
        var fault = Decode.One(record).Record.Fault!;

        fault.Field.ShouldBe(field);
        fault.Message.ShouldBe(message);
    }

    [Fact]
    public void Decode_Invalid_SaysTheInsertId() =>
        Decode.One("""{"event":"e","properties":{"$insert_id":"i-9"}}""").Record.Fault!.InsertId.ShouldBe("i-9");

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("anon")]
    [InlineData("Anonymous")]
    [InlineData("nil")]
    [InlineData("none")]
    [InlineData("NULL")]
    [InlineData("n/a")]
    [InlineData("na")]
    [InlineData("undefined")]
    [InlineData("unknown")]
    [InlineData("<nil>")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Decode_PlaceholderAsDistinctId_IsRefusedOnImportAndTakenOnTrack(string id)
    {
        var record = $$"""{"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"{{id}}","$insert_id":"1"} }""";

        Decode.One(record).Record.Fault!.Field.ShouldBe("properties.distinct_id");
        Decode.One(record, Decode.Lenient).Record.Fault!.Field.ShouldBe("properties.distinct_id");
        Decode.One(record, Decode.Track).Record.Event!.DistinctId.ShouldBe(id);
    }

    [Theory]
    [InlineData("1700000000", "2023-11-14T22:13:20.000")]
    [InlineData("1700000000.577", "2023-11-14T22:13:20.577")]
    [InlineData("1700000000577", "2023-11-14T22:13:20.577")]
    [InlineData("1.7e9", "2023-11-14T22:13:20.000")]
    [InlineData("100000000000", "1973-03-03T09:46:40.000")]
    [InlineData("31536000", "1971-01-01T00:00:00.000")]
    public void Decode_Time_IsSecondsOrMilliseconds(string time, string expected) =>
        Decode.One($$"""{"event":"e","properties":{"time":{{time}},"distinct_id":"a","$insert_id":"1"} }""")
            .Record.Event!.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture).ShouldBe(expected);

    [Fact]
    public void Decode_TimeUpToAnHourAhead_BecomesNow()
    {
        var ahead = EventTime.FromDateTime(Decode.Now.AddHours(1));

        Decode.One($$"""{"event":"e","properties":{"time":{{ahead}},"distinct_id":"a","$insert_id":"1"} }""").Record.Event!.Time.ShouldBe(Decode.Now);
        Decode.One($$"""{"event":"e","properties":{"time":{{ahead + 1}},"distinct_id":"a","$insert_id":"1"} }""").Record.Fault.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("9999999999999999")]
    [InlineData("1e300")]
    [InlineData("99999999999")]
    public void Decode_TrackFarAhead_BecomesNow(string time) =>
        Decode.One($$"""{"event":"e","properties":{"time":{{time}} } }""", Decode.Track).Record.Event!.Time.ShouldBe(Decode.Now);

    [Fact]
    public void Decode_TrackOlderThanFiveDays_IsValidAndNotStored()
    {
        var edge = EventTime.FromDateTime(Decode.Now.AddDays(-5));

        Decode.One($$"""{"event":"e","properties":{"time":{{edge}} } }""", Decode.Track).Record.Event.ShouldNotBeNull();
        var (record, _) = Decode.One($$"""{"event":"e","properties":{"time":{{edge - 1}} } }""", Decode.Track);
        (record.Event, record.Fault).ShouldBe((null, null));
    }

    [Fact]
    public void Decode_TrackWithNothing_IsOfNobodyNowAndNotDeduplicated()
    {
        var stored = Decode.One("""{"event":"e","properties":{}}""", Decode.Track).Record.Event!;

        stored.DistinctId.ShouldBe("");
        stored.Time.ShouldBe(Decode.Now);
        stored.InsertIdIsOurs.ShouldBeTrue();
        stored.InsertId.ShouldMatch("^[0-9a-f]{32}$");
    }

    [Fact]
    public void Decode_TrackTimeAsText_IsRead() =>
        Decode.One("""{"event":"e","properties":{"time":"1772366399.5"}}""", Decode.Track).Record.Event!.Time.ShouldBe(Decode.Now.AddMilliseconds(-500));

    [Fact]
    public void Decode_TrackTimeIsNone_IsRefused() =>
        Decode.One("""{"event":"e","properties":{"time":"noon"}}""", Decode.Track).Record.Fault!.Field.ShouldBe("properties.time");

    [Fact]
    public void Decode_TrackInsertIdOfOtherShape_StillTellsDuplicates()
    {
        var first = Decode.One("""{"event":"e","properties":{"$insert_id":"a b"}}""", Decode.Track).Record.Event!;
        var again = Decode.One("""{"event":"e","properties":{"$insert_id":"a b"}}""", Decode.Track).Record.Event!;
        var other = Decode.One("""{"event":"e","properties":{"$insert_id":"a c"}}""", Decode.Track).Record.Event!;

        first.InsertIdIsOurs.ShouldBeFalse();
        again.InsertId.ShouldBe(first.InsertId);
        other.InsertId.ShouldNotBe(first.InsertId);
    }

    [Theory]
    [InlineData("""{"time":1700000000,"distinct_id":123,"$insert_id":"1"}""", "123")]
    [InlineData("""{"time":1700000000,"distinct_id":"","$insert_id":"1"}""", "")]
    [InlineData("""{"time":1700000000,"$user_id":"u","$device_id":"d","$insert_id":"1"}""", "u")]
    [InlineData("""{"time":1700000000,"$device_id":"d","$insert_id":"1"}""", "$device:d")]
    [InlineData("""{"time":1700000000,"distinct_id":null,"$user_id":"u","$insert_id":"1"}""", "u")]
    public void Decode_WhoItWas_FollowsTheTable(string properties, string expected) =>
        Decode.One($$"""{"event":"e","properties":{{properties}}}""").Record.Event!.DistinctId.ShouldBe(expected);

    [Theory]
    [InlineData("$identify")]
    [InlineData("$create_alias")]
    [InlineData("$merge")]
    public void Decode_IdentityEvent_NeedsNoCoreField(string name) =>
        Decode.One($$"""{"event":"{{name}}","properties":{"$distinct_ids":["a","b"]} }""").Record.Event.ShouldNotBeNull();

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"x\"", true)]
    [InlineData("false", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    public void Decode_Ignore_IsValidAndNotStored(string value, bool dropped)
    {
        var (record, _) = Decode.Event($"\"$ignore\":{value}");

        record.Fault.ShouldBeNull();
        (record.Event is null).ShouldBe(dropped);
    }

    [Fact]
    public void Decode_LongTexts_AreCutByCharactersNotBytes()
    {
        var emoji = string.Concat(Enumerable.Repeat("😀", 300));

        var (record, properties) = Decode.Event($$"""
            "s":"{{emoji}}","l":["{{emoji}}"],"{{emoji}}":1
            """, name: $"\"{emoji}\"");

        var cut = string.Concat(Enumerable.Repeat("😀", 255));
        record.Event!.Name.ShouldBe(cut);
        properties.ShouldBe($$"""{"s":"{{cut}}","l":["{{cut}}"],"{{cut}}":1}""");
    }

    [Fact]
    public void Decode_TextOf255WithEscapes_IsNotCut() =>
        Decode.Event($"\"s\":\"{string.Concat(Enumerable.Repeat("\\n", 255))}\"").Properties
            .ShouldBe($$"""{"s":"{{string.Concat(Enumerable.Repeat("\\n", 255))}}"}""");

    [Fact]
    public void Decode_HalfASurrogatePair_IsReplaced() =>
        Decode.Event("""
            "a\ud83d":"x\ud83d","b":["\ude00","\ud83d\ude00"],"c":"\ud83dx"
            """).Properties.ShouldBe("""{"a�":"x�","b":["�","😀"],"c":"�x"}""");

    [Fact]
    public void Decode_LongList_KeepsWhatFits()
    {
        var list = $"[{string.Join(',', Enumerable.Repeat($"\"{new string('x', 200)}\"", 50))}]";

        var (record, properties) = Decode.Event($"\"l\":{list},\"after\":1");

        record.Fault.ShouldBeNull();
        properties!.Length.ShouldBeInRange(8000, 8192 + """{"l":,"after":1}""".Length);
        properties.ShouldEndWith(""""],"after":1}"""");
    }

    [Fact]
    public void Decode_LongObject_KeepsWhatFits()
    {
        var members = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"k{i}\":\"{new string('x', 200)}\""));

        var (_, properties) = Decode.Event($"\"o\":{{{members}}}");

        properties!.Length.ShouldBeInRange(8000, 8192 + """{"o":}""".Length);
        properties.ShouldEndWith("\"}}");
    }

    [Theory]
    [InlineData("""{"b":{"c":1}}""", true)]
    [InlineData("""{"b":{"c":{"d":1}}}""", true)]
    [InlineData("""{"b":{"c":{"d":{"e":1}}}}""", false)]
    [InlineData("""[[[[[1]]]]]""", true)]
    [InlineData("""[{"b":{"c":{"d":[1]}}}]""", true)]
    public void Decode_Nesting_IsLimited(string value, bool valid)
    {
        // Three objects within each other are the most.
        var fault = Decode.Event($"\"a\":{value}").Record.Fault;

        (fault is null).ShouldBe(valid, fault?.Message);
    }

    [Fact]
    public void Decode_VeryDeepNesting_FailsThatRecordOnly()
    {
        var deep = new string('[', 500) + new string(']', 500);
        var good = $$"""{"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"1"} }""";
        var bad = $$"""{"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"2","deep":{{deep}} } }""";

        var records = Decode.Events(Encoding.UTF8.GetBytes($"[{good},{bad},{good}]"), Decode.Strict).Records!;

        records.Select(r => r.Record.Fault?.Field).ShouldBe([null, "properties.deep", null]);
    }

    [Fact]
    public void Decode_ManyMembers_AreLimited()
    {
        Decode.Event(Members(255)).Record.Fault.ShouldBeNull();
        Decode.Event(Members(256)).Record.Fault!.Field.ShouldBe("properties");
        Decode.Event($"\"o\":{{{Members(255)}}}").Record.Fault.ShouldBeNull();
        Decode.Event($"\"o\":{{{Members(256)}}}").Record.Fault!.Field.ShouldBe("properties.o");
        Decode.Event($"\"l\":[{string.Join(',', Enumerable.Repeat("1", 256))}]").Record.Fault!.Field.ShouldBe("properties.l");

        static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}"));
    }

    [Fact]
    public void Decode_PropertyTwice_TheLastOneCounts() =>
        Decode.Event("""
            "a":1,"b":2,"\u0061":3,"c":4,"b":5
            """).Properties.ShouldBe("""{"a":3,"c":4,"b":5}""");

    [Fact]
    public void Decode_PropertiesTwice_TheLastOnesCount() =>
        Decode.One($$"""{"properties":{"distinct_id":"x","x":1},"properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"1","y":2},"event":"e"}""")
            .Properties.ShouldBe("""{"y":2}""");

    [Fact]
    public void Decode_CoreNameInEscapes_IsTheCoreField() =>
        Decode.One($$"""{"event":"e","properties":{"\u0074ime":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"1"} }""").Properties.ShouldBe("{}");

    [Fact]
    public void Decode_InvalidUtf8InOneValue_FailsThatRecordOnly()
    {
        var text = $$"""
            [{"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"1","utm_source":"x?"} },
            {"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"ü","$insert_id":"2"} }]
            """;
        var body = Encoding.UTF8.GetBytes(text);
        body[body.AsSpan().IndexOf((byte)'?')] = 0xFF;

        var records = Decode.Events(body, Decode.Strict).Records!;

        records[0].Record.Fault!.Field.ShouldBe("properties.utm_source");
        records[0].Record.Fault!.Message.ShouldBe("properties.utm_source is invalid: string should be valid utf8");
        records[1].Record.Event!.DistinctId.ShouldBe("ü");
    }

    [Fact]
    public void Decode_RecordOfAMegabyte_IsRefused()
    {
        // Texts are cut, so the size that counts is the one that was sent.
        var (record, _) = Decode.Event($"\"s\":\"{new string('x', Limits.RecordBytes)}\"");

        record.Fault!.Field.ShouldBe("properties");
    }

    [Fact]
    public void Read_MoreThan2000Records_RefusesThemAll()
    {
        var record = $$"""{"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"1"} }""";

        Decode.Events(Bytes(2000), Decode.Strict).Records!.Count.ShouldBe(2000);
        Decode.Events(Bytes(2001), Decode.Strict).Refusal!.Status.ShouldBe(413);
        Decode.Events(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(record, 2001))), Decode.Strict, BodyFormat.NdJson).Refusal!.Status.ShouldBe(413);

        byte[] Bytes(int count) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(record, count))}]");
    }

    [Fact]
    public void Read_NdJson_BlankLinesAreNoRecordsAndABrokenLineFailsAlone()
    {
        var good = $$"""{"event":"e","properties":{"time":{{Decode.NowSeconds}},"distinct_id":"a","$insert_id":"1"} }""";

        var records = Decode.Events(Encoding.UTF8.GetBytes($"{good}\r\n\n{{\"event\"\n  \n{good} {good}\n{good}"), Decode.Strict, BodyFormat.NdJson).Records!;

        records.Select(r => r.Record.Fault?.Message).ShouldBe([null, "the line is not valid JSON", "the line is not valid JSON", null]);
    }

    [Fact]
    public void Read_OneRecordWithoutAList_IsTaken() =>
        Decode.Events("""{"event":"e","properties":{}}"""u8.ToArray(), Decode.Track).Records!.Single().Record.Event.ShouldNotBeNull();

    [Fact]
    public void Read_ByteOrderMark_IsSkipped() =>
        Decode.Events("\uFEFF[]"u8.ToArray(), Decode.Track).Records!.ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("[{}")]
    [InlineData("[{}] x")]
    [InlineData("{}{}")]
    public void Read_NoSetOfRecords_RefusesTheRequest(string body) =>
        Decode.Events(Encoding.UTF8.GetBytes(body), Decode.Strict).Refusal!.Status.ShouldBe(400);
}
