using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Muster.Mixpanel.Calls;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Forwarding;

/// <summary>Sends what waits in the queue of one connection to Mixpanel, in order of position and several calls at once.</summary>
/// <remarks>
/// An event leaves the queue when Mixpanel has taken or refused it. Whatever is not settled when this ends, by a kill too,
/// is sent again by the next: Mixpanel recognises it by its <c>$insert_id</c>.
/// </remarks>
internal sealed class Forwarder(
    int connectionId, IForwardQueue queue, ImportClient client, MixpanelOptions options, TimeProvider clock, ILogger<Forwarder> logger)
{
    /// <summary>Mixpanel asks for 10 to 20 at most.</summary>
    private const int CallsAtOnce = 10;

    private readonly Backoff _backoff = new(options.RetryBaseDelay, clock);
    private volatile string? _trouble;

    /// <summary>What the last call met that is tried again; null: it was answered.</summary>
    public string? Trouble => _trouble;

    /// <summary>When Mixpanel is called again; null: it is being called.</summary>
    public DateTimeOffset? NextTryAt => _backoff.Until;

    /// <summary>Forwards until it is canceled.</summary>
    /// <exception cref="ForwardingStoppedException">A person must mend something first.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.ForwardingStarted(logger, connectionId);
        await Parallel.ForEachAsync(
            BatchesAsync(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            async (batch, token) => await SendAsync(batch, token));
    }

    private async IAsyncEnumerable<Batch> BatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            var page = queue.Read(connectionId, after);
            for (var from = 0; from < page.Count;)
            {
                var (body, count) = ImportBody.Of(page, from);
                yield return new Batch([.. page.Skip(from).Take(count)], body);
                from += count;
            }

            if (page.Count > 0)
            {
                after = page[^1].Position;
            }
            else
            {
                await Task.Delay(options.PollInterval, clock, cancellationToken);
            }
        }
    }

    private async Task SendAsync(Batch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _backoff.WaitAsync(cancellationToken);
            var answer = await client.SendAsync(batch.Body, batch.Events.Count, cancellationToken);
            Telemetry.Called(connectionId, answer.Word);
            switch (answer)
            {
                case ImportAnswer.Again again:
                    var (failures, delay) = _backoff.Failed(again.RetryAfter);
                    _trouble = again.What;
                    Log.ForwardingWaits(logger, connectionId, again.What, failures, delay);
                    continue;
                case ImportAnswer.Stopped stopped:
                    throw new ForwardingStoppedException(stopped.What, stopped.ToDo);
                case ImportAnswer.TooLarge when batch.Events.Count > 1:
                    Answered();
                    await SendHalvesAsync(batch, cancellationToken);
                    return;
                case ImportAnswer.TooLarge:
                    Answered();
                    await SettleAsync(batch, [new RefusedRecord(0, null, "The event is larger than Mixpanel takes.")], cancellationToken);
                    return;
                case ImportAnswer.RefusedWhole whole:
                    Answered();
                    await SettleAsync(batch, [.. batch.Events.Select((_, index) => new RefusedRecord(index, null, whole.Reason))], cancellationToken);
                    return;
                case ImportAnswer.Taken taken:
                    Answered();
                    await SettleAsync(batch, taken.Refused, cancellationToken);
                    return;
            }
        }
    }

    private async Task SendHalvesAsync(Batch batch, CancellationToken cancellationToken)
    {
        foreach (var half in batch.Events.Chunk((batch.Events.Count + 1) / 2))
        {
            await SendAsync(new Batch(half, ImportBody.Of(half, 0).Body), cancellationToken);
        }
    }

    private void Answered()
    {
        _backoff.Answered();
        _trouble = null;
    }

    private async Task SettleAsync(Batch batch, IReadOnlyList<RefusedRecord> refused, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await queue.SettleAsync(
            connectionId, batch.Events[0].Position, batch.Events[^1].Position,
            [.. refused.Select(r => new ForwardRefusal(batch.Events[r.Index].Position, r.Field, r.Message, now))], cancellationToken);
        Telemetry.Settled(connectionId, batch.Events.Count - refused.Count, refused.Count);
        if (refused.Count > 0)
        {
            Log.EventsRefused(logger, connectionId, refused.Count, batch.Events.Count);
        }
    }

    /// <summary>The events of one call and its body.</summary>
    private sealed record Batch(IReadOnlyList<QueuedEvent> Events, byte[] Body);
}

/// <summary>Mixpanel does not take anything until a person mends something.</summary>
/// <param name="what">What happened, as the end of a sentence about Mixpanel.</param>
/// <param name="toDo">What to do.</param>
internal sealed class ForwardingStoppedException(string what, string toDo) : Exception(what)
{
    /// <summary>What happened.</summary>
    public string What { get; } = what;

    /// <summary>What to do.</summary>
    public string ToDo { get; } = toDo;
}
