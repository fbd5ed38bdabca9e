using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Muster.Ingestion;
using Muster.Ingestion.Bodies;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class PayloadTests
{
    // Texts whose base64 has every digit, and characters of one to four bytes.
    private static readonly Gen<string> Json = Gen.OneOf(
            Gen.String[Gen.Char[' ', '~'], 0, 40],
            Gen.Int[0, 6].Select(n => string.Concat(Enumerable.Repeat("ü€😀", n))))
        .Select(text => $$"""[{"a":"{{text.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}}"}]""");

    [Fact]
    public void Unwrap_AnyEncodingOfAnyText_GivesTheTextBack() =>
        Gen.Select(Json, Gens.Any<Func<string, string>>(
            Encodings.Bare, Encodings.Browser, Encodings.Plain, Encodings.PlainWithPluses, Encodings.Spaced, Encodings.UrlSafe, text => text))
        .Sample((json, encode) => Unwrap(encode(json)).ShouldBe(json));

    [Theory]
    [InlineData("data= \r\n[1] ", " \r\n[1] ")]
    [InlineData("data=%20%0A%5B1%5D", " \n[1]")]
    [InlineData("data=+%7B%7D", " {}")]
    [InlineData("verbose=1&data=W10=&ip=0", "[]")]
    [InlineData("data=W1\r\n0=", "[]")]
    [InlineData("data=W10%3D%0A", "[]")]
    [InlineData("data=W10&data=e30", "[]")]
    [InlineData("data=[\"100%\"]", "[\"100%\"]")]
    public void Unwrap_Variants_AreRead(string form, string json) => Unwrap(form).ShouldBe(json);

    [Theory]
    [InlineData("", "the request has no field 'data'")]
    [InlineData("verbose=1", "the request has no field 'data'")]
    [InlineData("Data=W10=", "the request has no field 'data'")]
    [InlineData("data=", "the field 'data' is neither JSON nor base64 of it")]
    [InlineData("data=W", "the field 'data' is neither JSON nor base64 of it")]
    [InlineData("data=%%%", "the field 'data' is neither JSON nor base64 of it")]
    [InlineData("data=W=10", "the field 'data' is neither JSON nor base64 of it")]
    [InlineData("data=<>", "the field 'data' is neither JSON nor base64 of it")]
    public void Unwrap_NoRecords_SaysWhy(string form, string message)
    {
        using var body = BodyOf(Encoding.UTF8.GetBytes(form));

        FormBody.Unwrap(body).ShouldBe(new Refusal(StatusCodes.Status400BadRequest, message));
    }

    [Fact]
    public void Unwrap_OtherFields_AreKept()
    {
        using var body = BodyOf("verbose=1&data=W10=&ip=0&callback=a%2Eb&long="u8.ToArray().Concat(new byte[300]).ToArray());

        FormBody.Unwrap(body).ShouldBeNull();

        body.Fields!.ShouldBe(new Dictionary<string, string> { ["verbose"] = "1", ["ip"] = "0", ["callback"] = "a.b" }, ignoreOrder: true);
    }

    [Fact]
    public void Unwrap_AnyBytes_NeverThrows() =>
        Gen.Select(Gens.Any("data=", "data=%", "", "&", "verbose=1&data=W"), Gen.Byte.Array[0, 100]).Sample((start, bytes) =>
        {
            using var body = BodyOf([.. Encoding.UTF8.GetBytes(start), .. bytes]);
            if (FormBody.Unwrap(body) is null)
            {
                body.Bytes.Length.ShouldBeLessThanOrEqualTo(bytes.Length + start.Length);
            }
        });

    [Theory]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xB9, 0x82 }, "🙂")]
    [InlineData(new byte[] { (byte)'a', 0xED, 0xA0, 0xBD }, "a�")]
    [InlineData(new byte[] { 0xED, 0xB9, 0x82, (byte)'b' }, "�b")]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xA0, 0xBD, 0xED, 0xB9, 0x82 }, "�🙂")]
    [InlineData(new byte[] { 0xED, 0x9F, 0xBF }, "\uD7FF")]
    public void JoinSurrogates_Halves_BecomePairsOrAreReplaced(byte[] bytes, string text) =>
        Encoding.UTF8.GetString(bytes.AsSpan(0, Payload.JoinSurrogates(bytes))).ShouldBe(text);

    private static string Unwrap(string form)
    {
        using var body = BodyOf(Encoding.UTF8.GetBytes(form));
        FormBody.Unwrap(body).ShouldBeNull(form);
        return Encoding.UTF8.GetString(body.Bytes);
    }

    private static Body BodyOf(byte[] bytes)
    {
        var body = Body.TryRent(new ByteBudget(new IngestionOptions()), BodyFormat.Form, Math.Max(bytes.Length, 1))!;
        bytes.CopyTo(body.Room());
        body.Advance(bytes.Length);
        return body;
    }
}
