using Microsoft.AspNetCore.Http;
using Muster.Ingestion;
using Muster.Ingestion.Bodies;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

public sealed class BodyReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_TooMuchInFlight_IsRefusedUntilSomeOfItIsDone()
    {
        var reader = new BodyReader(new ByteBudget(new IngestionOptions { MaxBytesInFlight = 100_000 }));
        var (first, _) = await reader.ReadAsync(Request(new byte[40_000]), Token);

        var (none, refusal) = await reader.ReadAsync(Request(new byte[40_000]), Token);
        none.ShouldBeNull();
        refusal!.Status.ShouldBe(503);
        refusal.RetryAfter.ShouldNotBeNull();

        first!.Dispose();
        var (second, _) = await reader.ReadAsync(Request(new byte[40_000]), Token);
        second!.Length.ShouldBe(40_000);
        second.Dispose();
    }

    [Fact]
    public async Task ReadAsync_GrowsBeyondTheBudget_IsRefusedAndGivesEverythingBack()
    {
        var budget = new ByteBudget(new IngestionOptions { MaxBytesInFlight = 100_000 });
        var request = Request(new byte[90_000]);
        request.ContentLength = null;

        (await new BodyReader(budget).ReadAsync(request, Token)).Refusal!.Status.ShouldBe(503);

        budget.TryTake(100_000).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(1_000_000)]
    public async Task ReadAsync_LengthNotSaid_ReadsToTheEnd(int length)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)'x');
        var request = Request(bytes);
        request.ContentLength = null;

        var (body, _) = await new BodyReader(new ByteBudget(new IngestionOptions())).ReadAsync(request, Token);

        body!.Bytes.SequenceEqual(bytes).ShouldBeTrue();
        body.Scratch.Length.ShouldBeGreaterThanOrEqualTo(length);
        body.Dispose();
    }

    [Theory]
    [InlineData("application/json", 0)]
    [InlineData("application/json; charset=utf-8", 0)]
    [InlineData("APPLICATION/JSON", 0)]
    [InlineData("application/x-ndjson", 1)]
    public async Task ReadAsync_ContentType_DecidesTheFormat(string? contentType, int format)
    {
        var request = Request([]);
        request.ContentType = contentType;

        var (body, _) = await new BodyReader(new ByteBudget(new IngestionOptions())).ReadAsync(request, Token);

        ((int)body!.Format).ShouldBe(format);
        body.Dispose();
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task ReadAsync_OtherContentEncoding_IsRefused(string encoding)
    {
        var request = Request([]);
        request.Headers.ContentEncoding = encoding;

        (await new BodyReader(new ByteBudget(new IngestionOptions())).ReadAsync(request, Token)).Refusal!.Status.ShouldBe(415);
    }

    private static HttpRequest Request(byte[] body)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = "application/json";
        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body);
        return request;
    }
}
