using System.Collections.Concurrent;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs.Delivery;

public sealed class BatchFlowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAll_WindowShrinks_NoNewCallBeginsUntilThereIsRoom()
    {
        var calls = new Calls();
        var window = 4;
        var flow = BatchFlow.SendAllAsync(Batches(9), () => window, calls.SendAsync, Token);
        (await calls.BegunAsync(4)).ShouldBe([1, 2, 3, 4]);

        window = 2;
        calls.End(1);
        calls.End(2);
        calls.Begun.Count.ShouldBe(4);
        calls.End(3);
        (await calls.BegunAsync(5)).ShouldBe([1, 2, 3, 4, 5]);

        window = 100;
        calls.EndAll();
        await flow;
        calls.Begun.Order().ShouldBe(Enumerable.Range(1, 9));
    }

    [Fact]
    public async Task SendAll_OneFails_BeginsNoMoreAndWaitsForThoseUnderWay()
    {
        var calls = new Calls();
        var flow = BatchFlow.SendAllAsync(Batches(9), () => 3, calls.SendAsync, Token);
        await calls.BegunAsync(3);

        calls.Fail(2, new InvalidOperationException("two"));
        await Task.Yield();
        flow.IsCompleted.ShouldBeFalse();
        calls.End(1);
        calls.End(3);

        (await Should.ThrowAsync<InvalidOperationException>(() => flow)).Message.ShouldBe("two");
        calls.Begun.Order().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task SendAll_Canceled_WaitsForThoseUnderWay()
    {
        var calls = new Calls();
        using var stop = new CancellationTokenSource();
        var flow = BatchFlow.SendAllAsync(Batches(9), () => 2, calls.SendAsync, stop.Token);
        await calls.BegunAsync(2);

        await stop.CancelAsync();
        flow.IsCompleted.ShouldBeFalse();
        calls.EndAll();

        await Should.ThrowAsync<OperationCanceledException>(() => flow);
        calls.Begun.Order().ShouldBe([1, 2]);
    }

    private static async IAsyncEnumerable<ListBatch> Batches(int count)
    {
        for (var n = 1; n <= count; n++)
        {
            await Task.Yield();
            yield return new ListBatch { ListId = 1, Operation = ListOperation.Add, Number = n, Subscribers = [] };
        }
    }

    private sealed class Calls
    {
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _open = new();
        private readonly SemaphoreSlim _begun = new(0);
        private int _seen;
        private volatile bool _endAll;

        public ConcurrentQueue<int> Begun { get; } = new();

        public Task SendAsync(ListBatch batch)
        {
            var answer = _open.GetOrAdd(batch.Number, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Begun.Enqueue(batch.Number);
            _begun.Release();
            if (_endAll)
            {
                answer.TrySetResult();
            }

            return answer.Task;
        }

        public async Task<List<int>> BegunAsync(int count)
        {
            for (; _seen < count; _seen++)
            {
                await _begun.WaitAsync(Token);
            }

            return [.. Begun.Order()];
        }

        public void End(int number) => _open[number].SetResult();

        public void Fail(int number, Exception why) => _open[number].SetException(why);

        public void EndAll()
        {
            _endAll = true;
            foreach (var answer in _open.Values)
            {
                answer.TrySetResult();
            }
        }
    }
}
