using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Muster.Host.Client;
using Polly;
using Polly.Retry;

namespace Muster.Host.Import;

/// <summary>Sends records, and says which of them were refused. Trouble that passes is waited for.</summary>
internal sealed class BatchSender(ApiClient api, string path)
{
    // With waits of up to 10 seconds these take about a minute: a restart of the server is not noticed.
    private const int Tries = 10;

    private readonly ResiliencePipeline<HttpResponseMessage> _persistence = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = TimeProvider.System }
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = outcome => ValueTask.FromResult(
                outcome.Outcome.Exception is HttpRequestException or IOException || (outcome.Outcome.Result is { } answer && Passes(answer.StatusCode))),
            MaxRetryAttempts = Tries - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
            MaxDelay = TimeSpan.FromSeconds(10),
            DelayGenerator = outcome => ValueTask.FromResult(outcome.Outcome.Result?.Headers.RetryAfter?.Delta),
        })
        .Build();

    /// <summary>Sends a batch; when this returns, all but the refused records are durable.</summary>
    /// <returns>The refused ones, with their faults.</returns>
    /// <exception cref="FailedException">The server cannot take it, now or ever.</exception>
    public async Task<IReadOnlyList<SourceRecord>> SendAsync(IReadOnlyList<SourceRecord> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return [];
        }

        var body = Pack(batch);
        HttpResponseMessage answer;
        try
        {
            answer = await _persistence.ExecuteAsync(async stop =>
            {
                using var content = new ReadOnlyMemoryContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                content.Headers.ContentEncoding.Add("gzip");
                return await api.PostAsync(path, content, stop);
            }, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new FailedException($"The server does not answer ({e.Message}). What was acknowledged is in; run the same command again to go on.", e);
        }

        using (answer)
        {
            return await ReadAsync(answer, batch, cancellationToken);
        }
    }

    private static bool Passes(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    private static ReadOnlyMemory<byte> Pack(IReadOnlyList<SourceRecord> batch)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                gzip.Write(i == 0 ? "["u8 : ","u8);
                gzip.Write(batch[i].Bytes.Span);
            }

            gzip.Write("]"u8);
        }

        return packed.ToArray();
    }

    private static async Task<IReadOnlyList<SourceRecord>> ReadAsync(HttpResponseMessage answer, IReadOnlyList<SourceRecord> batch, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return [];
        }

        if (answer.StatusCode == HttpStatusCode.BadRequest && Failed(text) is { } failed)
        {
            return [.. failed.Where(f => f.Index >= 0 && f.Index < batch.Count).Select(f => batch[f.Index] with { Fault = f.Message })];
        }

        var said = Error(text);
        throw new FailedException(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? $"The server refuses the import: {said}. It takes a token of role admin for this project: --token, or MUSTER_TOKEN."
            : string.Create(CultureInfo.InvariantCulture, $"The server answered {(int)answer.StatusCode}: {said}. What was acknowledged is in; run the same command again to go on."));
    }

    private static List<(int Index, string Message)>? Failed(string text)
    {
        try
        {
            var answer = JsonElement.Parse(text);
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("failed_records", out var failed)
                ? [.. failed.EnumerateArray().Select(f => (f.GetProperty("index").GetInt32(), f.GetProperty("message").GetString() ?? "was refused"))]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Error(string text)
    {
        try
        {
            var answer = JsonElement.Parse(text);
            return answer.ValueKind == JsonValueKind.Object && (answer.TryGetProperty("error", out var error) || answer.TryGetProperty("detail", out error))
                ? error.ToString().TrimEnd('.')
                : "no reason given";
        }
        catch (JsonException)
        {
            return "no reason given";
        }
    }
}
