using System.Net;
using System.Text;
using System.Text.Json;
using Muster.Iterable;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Connections;

/// <summary>What any REST call makes of a body that is not what it should be, seen through POST /projects.</summary>
public sealed class RequestBodyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<byte[], string> BrokenTexts => new()
    {
        { "{\"name\":\"lone \\ud800 half\"}"u8.ToArray(), "/name" },
        { "{\"name\":\"x\",\"tags\":[\"a\",{\"b\":\"\\udfff\"}]}"u8.ToArray(), "/tags/1/b" },
        { "{\"name\":\"x\",\"\\ud800\":1}"u8.ToArray(), "" },
        { [.. "{\"name\":\"not "u8, 0xFF, .. " UTF-8\"}"u8], "/name" },
        { [.. "{\"name\":\"x\",\""u8, 0xFF, .. "\":1}"u8], "" },
    };

    [Theory]
    [MemberData(nameof(BrokenTexts))]
    public async Task Post_TextThatIsNoUnicode_IsInvalidAndNamed(byte[] body, string path)
    {
        await using var muster = await SmallMuster.StartAsync(new IterableOptions(), Stop);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");

        using var answer = await muster.Admin.PostAsync("projects", content, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Stop));
        problem.GetProperty("code").GetString().ShouldBe("invalid");
        problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("path").GetString().ShouldBe(path);
    }

    [Fact]
    public async Task Post_WholeSurrogatePair_IsTaken()
    {
        await using var muster = await SmallMuster.StartAsync(new IterableOptions(), Stop);
        using var content = new StringContent("{\"name\":\"\\ud83d\\ude42\"}", Encoding.UTF8, "application/json");
        using var answer = await muster.Admin.PostAsync("projects", content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }
}
