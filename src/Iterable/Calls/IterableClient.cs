using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Muster.Control;
using Muster.Iterable.Pacing;
using Muster.Iterable.Wire;
using Muster.Syncs.Delivery;

namespace Muster.Iterable.Calls;

/// <summary>The calls a run makes: paced, tried again when that may help, and counted.</summary>
internal sealed class IterableClient(
    IterableHttp http, ProjectType projectType, ConnectionLane lane, DeliveryCounter counter, IterableOptions options)
{
    // Iterable gathers the content of a large list for minutes before it sends the first line.
    private static readonly TimeSpan ContentTimeout = TimeSpan.FromMinutes(10);

    public Task<IReadOnlyList<ListDetails>> GetListsAsync(CancellationToken cancellationToken) =>
        CallAsync(Lists, token => TryGetListsAsync(token), cancellationToken);

    public async Task<long> CreateListAsync(string name, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["name"] = name });
        var request = Request("create list", HttpMethod.Post, "api/lists") with { Body = body };
        var maybeMade = false;
        var listId = await CallAsync(
            request,
            async token =>
            {
                // A try whose answer was lost may have made the list; another try would make a second one of that name.
                if (maybeMade && (await TryGetListsAsync(token)).OldestStandard(name) is { } made)
                {
                    return made;
                }

                try
                {
                    return await TryAsync(request, pacer: null, ObjectAs(ListsAnswer.ReadListId), token);
                }
                catch (CallFaultException e) when (e.Fault.Kind is FaultKind.Unavailable or FaultKind.UnreadableAnswer)
                {
                    maybeMade = true;
                    throw;
                }
            },
            cancellationToken);
        lane.Made(listId);
        return listId;
    }

    public Task DeleteListAsync(long listId, CancellationToken cancellationToken)
    {
        var request = Request("delete list", HttpMethod.Delete, Invariant($"api/lists/{listId}")) with { ListId = listId };
        return CallAsync(request, token => TryAsync(request, pacer: null, ObjectAs(_ => true), token), cancellationToken);
    }

    public Task<long> GetSizeAsync(long listId, CancellationToken cancellationToken)
    {
        var request = Request("size", HttpMethod.Get, Invariant($"api/lists/{listId}/size")) with { ListId = listId };
        return CallAsync(
            request, token => TryAsync(request, lane.Sizes, (response, limit) => AnswerBody.ReadNumberAsync(response, limit.Token), token), cancellationToken);
    }

    public Task<Acknowledgement> SendAsync(ListBatch batch, CancellationToken cancellationToken)
    {
        var operation = batch.Operation == ListOperation.Add ? "subscribe" : "unsubscribe";
        var request = Request(operation, HttpMethod.Post, "api/lists/" + operation) with
        {
            Body = SubscribersBody.Of(batch, projectType),
            ListId = batch.ListId,
            Subscribers = batch.Subscribers.Count,
        };
        return CallAsync(
            request,
            token => TryAsync(request, lane.Updates, ObjectAs(answer => UpdateAnswer.Read(answer, batch, projectType)), token), cancellationToken);
    }

    /// <summary>The identifiers on a list. A reading that broke is begun again, so that one may come twice.</summary>
    public async IAsyncEnumerable<string> GetUsersAsync(long listId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(8192) { SingleReader = true, SingleWriter = true });
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadContentAsync(listId, lines.Writer, abandoned.Token);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                yield return line;
            }
        }
        finally
        {
            await abandoned.CancelAsync();
            await reading;
        }
    }

    private async Task ReadContentAsync(long listId, ChannelWriter<string> lines, CancellationToken cancellationToken)
    {
        // userId-based projects have nothing else; in hybrid ones the address is what is wanted where there is one.
        var prefer = projectType == ProjectType.UserId ? "&preferUserId=true" : "";
        var request = Request("get users", HttpMethod.Get, Invariant($"api/lists/getUsers?listId={listId}{prefer}")) with { ListId = listId, Timeout = ContentTimeout };
        try
        {
            await CallAsync(
                request,
                token => TryAsync(
                    request,
                    lane.Contents,
                    async (response, limit) =>
                    {
                        await using var content = await response.Content.ReadAsStreamAsync(limit.Token);
                        await foreach (var line in UserLines.ReadAsync(content, limit))
                        {
                            await lines.WriteAsync(line, limit.Token);
                        }

                        return true;
                    },
                    token),
                cancellationToken);
            lines.Complete();
        }
        catch (Exception e)
        {
            // Not hidden: whoever reads the lines gets it.
            lines.Complete(e);
        }
    }

    private Task<IReadOnlyList<ListDetails>> TryGetListsAsync(CancellationToken cancellationToken) =>
        TryAsync(Lists, pacer: null, ObjectAs(ListsAnswer.Read), cancellationToken);

    private async Task<T> CallAsync<T>(CallRequest request, Func<CancellationToken, Task<T>> oneTry, CancellationToken cancellationToken)
    {
        if (!lane.Circuit.Allows(out var wait))
        {
            throw FaultMessages.CircuitOpen(wait);
        }

        using var span = Telemetry.BeginCall(request, lane.ConnectionId);
        var isProbe = lane.Circuit.IsOpen;
        var tries = 0;
        try
        {
            var answer = await lane.Persistence.ExecuteAsync(
                async token =>
                {
                    if (tries > 0 && !isProbe && lane.Circuit.IsOpen)
                    {
                        // Others found out meanwhile that Iterable is down: this one is not to hammer it as well.
                        throw FaultMessages.CircuitOpen(lane.Circuit.Rest);
                    }

                    if (tries++ > 0)
                    {
                        counter.Retried();
                        Telemetry.Retried(request, lane.ConnectionId);
                    }

                    return await oneTry(token);
                },
                cancellationToken);
            lane.Note(fault: null);
            return answer;
        }
        catch (CallFaultException e)
        {
            lane.Note(e.Fault);
            span.Fail(e.Fault);
            throw FaultMessages.Of(e);
        }
        finally
        {
            span?.SetTag("muster.tries", tries);
        }
    }

    private async Task<T> TryAsync<T>(
        CallRequest request, Pacer? pacer, Func<HttpResponseMessage, CancellationTokenSource, Task<T>> read, CancellationToken cancellationToken)
    {
        var departure = pacer is null ? null : await pacer.TakeAsync(cancellationToken);
        counter.Sent(request.Body?.Length ?? 0);
        var sentAt = lane.Begin(request);
        try
        {
            var answer = await http.SendAsync(request, read, cancellationToken, departure is null ? null : () => pacer!.Left(departure));
            lane.Answered(request, sentAt, fault: null);
            return answer;
        }
        catch (CallFaultException e)
        {
            lane.Answered(request, sentAt, e.Fault);
            if (departure is not null && (e.Fault.Kind == FaultKind.RateLimited || e.Fault.RetryAfter is not null))
            {
                pacer!.SlowDown(departure, e.Fault.RetryAfter, tooFast: e.Fault.Kind == FaultKind.RateLimited);
            }

            throw;
        }
        finally
        {
            lane.End(request);
        }
    }

    private CallRequest Lists => Request("lists", HttpMethod.Get, "api/lists");

    private CallRequest Request(string operation, HttpMethod method, string path) => new() { Operation = operation, Method = method, Path = path, Timeout = options.TryTimeout };

    private static Func<HttpResponseMessage, CancellationTokenSource, Task<T>> ObjectAs<T>(Func<JsonElement, T> read) => async (response, limit) =>
    {
        using var document = await AnswerBody.ReadObjectAsync(response, limit.Token);
        return read(document.RootElement);
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
