using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Syncs.Delivery;
using Muster.Tests.Unit.Iterable;
using Shouldly;

namespace Muster.Tests.Unit.Syncs;

/// <summary>What becomes of one request.</summary>
internal enum WireFate
{
    Answered,
    TooMany,
    ServerError,
    ResetBefore,
    ResetAfter,
    SlowAfter,
    CutAfter,
    HtmlAfter,
    HtmlBefore,
}

/// <summary>A fake Iterable behind HTTP, so that a run goes through the real client; requests and answers suffer as a script says.</summary>
internal sealed class WireIterable(FakeIterable iterable, JumpClock clock) : HttpMessageHandler
{
    private const int BatchLimit = 1000;
    private const int BodyLimit = 4_000_000;

    /// <summary>What happens to the next requests, in order; an empty script answers.</summary>
    public ConcurrentQueue<WireFate> Script { get; } = new();

    /// <summary>When subscribe and unsubscribe calls came.</summary>
    public List<DateTimeOffset> Updates { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(CancellationToken.None);
        var path = request.RequestUri!.AbsolutePath;
        if (path is "/api/lists/subscribe" or "/api/lists/unsubscribe")
        {
            Updates.Add(clock.GetUtcNow());
        }

        var fate = Script.TryDequeue(out var planned) ? planned : WireFate.Answered;
        switch (fate)
        {
            case WireFate.TooMany:
                var refusal = Answer(HttpStatusCode.TooManyRequests, """{"code":"RateLimitExceeded"}""");
                refusal.Headers.TryAddWithoutValidation("Retry-After", "2");
                return refusal;
            case WireFate.ServerError:
                return Answer(HttpStatusCode.BadGateway, "<html>bad gateway</html>", "text/html");
            case WireFate.HtmlBefore:
                return Answer(HttpStatusCode.OK, "<html>sign in</html>", "text/html");
            case WireFate.ResetBefore:
                throw new HttpRequestException(HttpRequestError.ConnectionError);
        }

        var answer = await AnswerAsync(request, path, body);
        switch (fate)
        {
            case WireFate.ResetAfter:
                throw new HttpRequestException(HttpRequestError.ResponseEnded);
            case WireFate.SlowAfter:
                // Longer than a try may take, but for the reading of a whole list.
                clock.Advance(TimeSpan.FromSeconds(31));
                return answer;
            case WireFate.HtmlAfter:
                return Answer(HttpStatusCode.OK, "<html>done?</html>", "text/html");
            case WireFate.CutAfter when answer.Content.Headers.ContentType!.MediaType == "application/json":
                var whole = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                return Answer(answer.StatusCode, whole[..(whole.Length / 2)]);
            default:
                return answer;
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string path, string body)
    {
        switch (path)
        {
            case "/api/lists" when request.Method == HttpMethod.Get:
                var lists = iterable.Lists.Select(list => new { id = list.Id, name = list.Name, createdAt = list.Id, listType = "Standard" });
                return Answer(HttpStatusCode.OK, JsonSerializer.Serialize(new { lists }));
            case "/api/lists":
                var made = await iterable.CreateListAsync(JsonNode.Parse(body)!["name"]!.GetValue<string>(), CancellationToken.None);
                return Answer(HttpStatusCode.OK, JsonSerializer.Serialize(new { listId = made }));
            case "/api/lists/getUsers":
                var content = new StringBuilder();
                await foreach (var line in iterable.ReadAsync(long.Parse(request.RequestUri!.Query.Split('=', '&')[1], null), CancellationToken.None))
                {
                    content.Append(line).Append('\n');
                }

                return Answer(HttpStatusCode.OK, content.ToString(), "text/plain");
            default:
                return await UpdateAsync(path == "/api/lists/subscribe" ? ListOperation.Add : ListOperation.Remove, body);
        }
    }

    private async Task<HttpResponseMessage> UpdateAsync(ListOperation operation, string body)
    {
        Encoding.UTF8.GetByteCount(body).ShouldBeLessThan(BodyLimit);
        var update = JsonNode.Parse(body)!;
        var subscribers = update["subscribers"]!.AsArray()
            .Select((s, i) => new Subscriber(i, s!["email"]?.GetValue<string>(), s["userId"]?.GetValue<string>())).ToList();
        subscribers.Count.ShouldBeInRange(1, BatchLimit);
        if (operation == ListOperation.Remove)
        {
            update["channelUnsubscribe"]!.GetValue<bool>().ShouldBeFalse();
        }

        try
        {
            var acknowledgement = await iterable.SendAsync(
                new ListBatch { ListId = update["listId"]!.GetValue<long>(), Operation = operation, Number = 1, Subscribers = subscribers }, CancellationToken.None);
            var failed = acknowledgement.Rejections.Select(r => (Subscriber: subscribers[r.Ordinal], r.Reason)).GroupBy(
                r => ClassOf(r.Reason) + (r.Subscriber.Email is null ? "UserIds" : "Emails"), r => r.Subscriber.Email ?? r.Subscriber.UserId!);
            return Answer(HttpStatusCode.OK, JsonSerializer.Serialize(new
            {
                successCount = subscribers.Count - acknowledgement.Rejections.Count,
                failCount = acknowledgement.Rejections.Count,
                failedUpdates = failed.ToDictionary(f => f.Key, f => f.ToList()),
            }));
        }
        catch (DestinationException e) when (e.ListIsGone)
        {
            return Answer(HttpStatusCode.BadRequest, """{"code":"Success","msg":"error.lists.invalidListId"}""");
        }
    }

    private static string ClassOf(string reason) => reason switch
    {
        RejectionReasons.Forgotten => "forgotten",
        RejectionReasons.Conflict => "conflict",
        RejectionReasons.NotFound => "notFound",
        RejectionReasons.InvalidData => "invalidData",
        _ => "invalid",
    };

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, string type = "application/json") =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };
}
