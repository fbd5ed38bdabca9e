using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Muster.Ingestion.Bodies;
using Muster.Ingestion.Decoding;
using Muster.Tests.Unit.Warehouse;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class DecoderPropertyTests
{
    private const string Alphabet = "{}[]\":,\\ud83ne0123456789.-truefalsnl event propertis $time";

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 20],
        Gen.String[Gen.Char, 0, 20].Select(s => new string([.. s.Where(c => !char.IsSurrogate(c))])),
        Gen.Int[0, 300].Select(n => new string('é', n)),
        Gen.Int[0, 5].Select(n => string.Concat(Enumerable.Repeat("😀", n))));

    private static readonly Gen<JsonNode?> Scalar = Gen.OneOf(
        Text.Select(t => (JsonNode?)t),
        Gen.Long.Select(n => (JsonNode?)n),
        Gen.Double.Where(double.IsFinite).Select(n => (JsonNode?)n),
        Gen.Bool.Select(b => (JsonNode?)b),
        Gen.Const((JsonNode?)null));

    private static readonly Gen<Dictionary<string, JsonNode?>> Properties =
        Gen.Select(Text, Gen.OneOf(
            Scalar,
            Scalar.List[0, 5].Select(l => (JsonNode?)new JsonArray([.. l])),
            Gen.Select(Text, Scalar).List[0, 5].Select(l => (JsonNode?)new JsonObject(l.DistinctBy(m => Cut(m.Item1)).Select(m => KeyValuePair.Create(m.Item1, m.Item2))))))
        .List[0, 12].Select(l => l.DistinctBy(m => Cut(m.Item1)).Where(m => !m.Item1.StartsWith('$') && m.Item1 is not ("time" or "token" or "ip" or "distinct_id"))
            .ToDictionary(m => m.Item1, m => m.Item2));

    private static readonly Gen<byte[]> Bodies = Gen.Select(Properties.List[1, 4], Gen.Bool, Gen.Bool).Select((events, escaped, lines) =>
    {
        var records = events.Select((properties, i) => Record(properties, i).ToJsonString(escaped ? Escaping : Relaxed));
        return Encoding.UTF8.GetBytes(lines ? string.Join('\n', records) : $"[{string.Join(',', records)}]");
    });

    private static readonly JsonSerializerOptions Escaping = new();
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    [Fact]
    public void Decode_AnyValidEvent_KeepsItsPropertiesUpToTheCut() => Gen.Select(Properties, Gen.Bool).Sample((properties, escaped) =>
    {
        var (record, stored) = Decode.One(Record(properties, 0).ToJsonString(escaped ? Escaping : Relaxed));

        record.Fault.ShouldBeNull();
        var expected = new JsonObject(properties.Select(p => KeyValuePair.Create(Cut(p.Key), Cut(p.Value))));
        JsonNode.DeepEquals(JsonNode.Parse(stored!), expected).ShouldBeTrue($"{stored}\n{expected.ToJsonString()}");
    });

    [Fact]
    public void Decode_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 200].Sample(DecodeEveryWay);

    [Fact]
    public void Decode_DamagedEvents_NeverThrows() => Damaged.Sample(DecodeEveryWay);

    [Fact]
    public void Decode_DamagedJsonText_NeverThrows() =>
        Gen.Int[0, Alphabet.Length - 1].Select(i => Alphabet[i]).Array[0, 80].Select(chars => new string(chars))
            .Sample(text => DecodeEveryWay(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Read_PieceByPiece_IsAsReadAtOnce() => Gen.Select(Damaged, Gen.Int[1, 70]).Sample((body, piece) =>
    {
        foreach (var format in new[] { BodyFormat.Json, BodyFormat.NdJson })
        {
            var (records, refusal) = Decode.Events(body, Decode.Strict, format);
            var (inPieces, refusalInPieces) = Decode.Events(body, Decode.Strict, format, piece);

            refusalInPieces.ShouldBe(refusal);
            inPieces?.Select(r => (r.Properties, r.Record.Fault)).ShouldBe(records!.Select(r => (r.Properties, r.Record.Fault)));
        }
    });

    [Fact]
    public void Read_AnyText_IsRefusedExactlyWhenItIsNoJsonOfRecords() =>
        Gen.OneOf(Damaged, Gen.Int[0, Alphabet.Length - 1].Select(i => Alphabet[i]).Array[0, 12].Select(chars => Encoding.UTF8.GetBytes(chars)))
            .Sample(body => Decode.Events(body, Decode.Strict, piece: 7).Refusal is null == IsRecords(body));

    [Fact]
    public async Task Decode_WhateverIsAccepted_IsJsonToTheStore()
    {
        await using var store = new TempStore();
        var accepted = new List<string>();
        var sync = new Lock();
        Damaged.Sample(body =>
        {
            foreach (var format in new[] { BodyFormat.Json, BodyFormat.NdJson })
            {
                var stored = Decode.Events(body, Decode.Track, format).Records?.Where(r => r.Properties is not null).Select(r => r.Properties!).ToList() ?? [];
                lock (sync)
                {
                    accepted.AddRange(stored);
                }
            }
        });

        accepted.Count.ShouldBeGreaterThan(100);
        using var connection = store.Store.Open();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "CREATE TABLE accepted (properties VARCHAR)";
            command.ExecuteNonQuery();
        }

        using (var appender = connection.CreateAppender("accepted"))
        {
            accepted.ForEach(text => appender.CreateRow().AppendValue(text).EndRow());
        }

        store.Rows("SELECT properties FROM accepted WHERE NOT json_valid(properties) LIMIT 3").ShouldBeEmpty();
    }

    private static Gen<byte[]> Damaged => Gen.Select(Bodies, Gen.Select(Gen.Double[0, 1], Gen.Byte).List[0, 3]).Select((body, damages) =>
    {
        var damaged = (byte[])body.Clone();
        damages.ForEach(d => damaged[(int)(d.Item1 * (damaged.Length - 1))] = d.Item2);
        return damaged;
    });

    private static bool IsRecords(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
            return document.RootElement.ValueKind is JsonValueKind.Array or JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void DecodeEveryWay(byte[] body)
    {
        foreach (var format in new[] { BodyFormat.Json, BodyFormat.NdJson })
        {
            Decode.Events(body, Decode.Strict, format);
            Decode.Events(body, Decode.Track, format);
            Decode.Profiles(body, format);
        }
    }

    private static JsonObject Record(Dictionary<string, JsonNode?> properties, int i)
    {
        var all = new JsonObject
        {
            ["time"] = EventTime.FromDateTime(Decode.Now) - i,
            ["distinct_id"] = "a",
            ["$insert_id"] = string.Create(CultureInfo.InvariantCulture, $"id-{i}"),
        };
        foreach (var (name, value) in properties)
        {
            all[name] = value?.DeepClone();
        }

        return new JsonObject { ["event"] = "did", ["properties"] = all };
    }

    private static string Cut(string text) => JsonText.Cut(text, 255);

    private static JsonNode? Cut(JsonNode? value) => value switch
    {
        JsonArray list => new JsonArray([.. list.Select(Cut)]),
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(Cut(p.Key), Cut(p.Value)))),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => Cut(v.GetValue<string>()),
        _ => value?.DeepClone(),
    };
}
