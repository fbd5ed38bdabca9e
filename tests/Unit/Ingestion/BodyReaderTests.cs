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
        var (first, _) = await reader.ReadAsync(Request(new byte[60_000]), Token);

        var (none, refusal) = await reader.ReadAsync(Request(new byte[60_000]), Token);
        none.ShouldBeNull();
        refusal!.Status.ShouldBe(503);
        refusal.RetryAfter.ShouldNotBeNull();

        first!.Dispose();
        var (second, _) = await reader.ReadAsync(Request(new byte[60_000]), Token);
        second!.Length.ShouldBe(60_000);
        second.Dispose();
    }

    [Fact]
    public async Task ReadAsync_FormGrowsBeyondTheBudget_IsRefusedAndGivesEverythingBack()
    {
        var budget = new ByteBudget(new IngestionOptions { MaxBytesInFlight = 100_000 });
        var request = Request(new byte[90_000]);
        request.ContentType = "application/x-www-form-urlencoded";
        request.ContentLength = null;

        (await new BodyReader(budget).ReadAsync(request, Token)).Refusal!.Status.ShouldBe(503);

        budget.TryTake(100_000).ShouldBeTrue();
    }

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("application/json", true)]
    public async Task ReadAsync_SenderGoesAway_GivesEverythingBack(string contentType, bool afterTheBeginning)
    {
        var budget = new ByteBudget(new IngestionOptions { MaxBytesInFlight = 100_000 });
        var request = Request([]);
        request.ContentType = contentType;
        request.ContentLength = 1000;
        request.Body = new BrokenStream(afterTheBeginning ? 10 : 0);

        await Should.ThrowAsync<IOException>(async () =>
        {
            using var body = (await new BodyReader(budget).ReadAsync(request, Token)).Body!;
            await body.ReadMoreAsync(Token);
        });

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
        while (!body!.Ended)
        {
            (await body.ReadMoreAsync(Token)).ShouldBeNull();
        }

        body.Bytes.SequenceEqual(bytes).ShouldBeTrue();
        body.Dispose();
    }

    [Fact]
    public async Task ReadAsync_LargeJson_IsReadThroughAWindow()
    {
        var budget = new ByteBudget(new IngestionOptions { MaxBytesInFlight = 100_000 });
        var bytes = new byte[5_000_000];
        Array.Fill(bytes, (byte)'x');
        var source = new PieceStream(bytes, 16_384);
        var request = Request(bytes);
        request.Body = source;

        var (body, _) = await new BodyReader(budget).ReadAsync(request, Token);

        source.BytesRead.ShouldBe(16_384);
        while (!body!.Ended)
        {
            body.Consume(body.Length - 100);
            (await body.ReadMoreAsync(Token)).ShouldBeNull();
        }

        source.BytesRead.ShouldBe(bytes.Length);
        (body.Consumed + body.Length).ShouldBe(bytes.Length);
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

    /// <summary>Gives some bytes, and then breaks.</summary>
    private sealed class BrokenStream(int bytes) : MemoryStream
    {
        private int _left = bytes;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(_left, buffer.Length);
            _left -= count;
            return count > 0 ? ValueTask.FromResult(count) : throw new IOException("the connection is gone");
        }
    }
}
