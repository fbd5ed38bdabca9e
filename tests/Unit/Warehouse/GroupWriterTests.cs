using DuckDB.NET.Data;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class GroupWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_ManyWait_OneGroupTakesThem()
    {
        await using var store = new TempStore();
        var work = new Work();
        await using var writer = new GroupWriter<string>(store.Store, work, 100);

        work.Hold();
        var first = writer.WriteAsync("first", Token);
        work.WaitUntilHeld();
        var others = Enumerable.Range(0, 10).Select(i => writer.WriteAsync($"other {i}", Token)).ToList();
        work.Release();
        await Task.WhenAll(others.Append(first));

        work.Groups.ShouldBe([1, 10]);
        work.Commits.ShouldBe(2);
    }

    [Fact]
    public async Task WriteAsync_GroupIsFull_NextGroupTakesTheRest()
    {
        await using var store = new TempStore();
        var work = new Work();
        await using var writer = new GroupWriter<string>(store.Store, work, 4);

        work.Hold();
        var first = writer.WriteAsync("first", Token);
        work.WaitUntilHeld();
        var others = Enumerable.Range(0, 10).Select(i => writer.WriteAsync($"other {i}", Token)).ToList();
        work.Release();
        await Task.WhenAll(others.Append(first));

        work.Groups.ShouldBe([1, 4, 4, 2]);
    }

    [Fact]
    public async Task WriteAsync_OneOfAGroupFails_OnlyThatOneFails()
    {
        await using var store = new TempStore();
        var work = new Work();
        await using var writer = new GroupWriter<string>(store.Store, work, 100);

        work.Hold();
        var first = writer.WriteAsync("first", Token);
        work.WaitUntilHeld();
        var good = writer.WriteAsync("good", Token);
        var bad = writer.WriteAsync(Work.Bad, Token);
        var better = writer.WriteAsync("better", Token);
        work.Release();

        await Task.WhenAll(first, good, better);
        await Should.ThrowAsync<InvalidOperationException>(bad);
        store.Rows("SELECT text FROM written ORDER BY text").ShouldBe(["better", "first", "good"]);
        work.RollBacks.ShouldBe(2);
    }

    [Fact]
    public async Task WriteAsync_PrepareFailed_IsTriedAgain()
    {
        await using var store = new TempStore();
        var work = new Work { PrepareFailures = 2 };
        await using var writer = new GroupWriter<string>(store.Store, work, 100);

        await Should.ThrowAsync<InvalidOperationException>(writer.WriteAsync("too early", Token));
        await writer.WriteAsync("in time", Token);

        store.Rows("SELECT text FROM written").ShouldBe(["in time"]);
    }

    [Fact]
    public async Task DisposeAsync_WritesWait_TheyAreCommittedAndLaterOnesRefused()
    {
        await using var store = new TempStore();
        var work = new Work();
        var writer = new GroupWriter<string>(store.Store, work, 100);
        work.Hold();
        var first = writer.WriteAsync("first", Token);
        work.WaitUntilHeld();
        var second = writer.WriteAsync("second", Token);

        var disposal = writer.DisposeAsync().AsTask();
        work.Release();
        await disposal;

        await Task.WhenAll(first, second);
        await Should.ThrowAsync<WarehouseUnavailableException>(writer.WriteAsync("late", Token));
        store.Rows("SELECT text FROM written ORDER BY text").ShouldBe(["first", "second"]);
    }

    private sealed class Work : IGroupWork<string>
    {
        public const string Bad = "bad";

        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly ManualResetEventSlim _held = new();

        public List<int> Groups { get; } = [];

        public int Commits { get; private set; }

        public int RollBacks { get; private set; }

        public int PrepareFailures { get; set; }

        public void Hold() => _open.Reset();

        public void WaitUntilHeld() => _held.Wait();

        public void Release() => _open.Set();

        public void Prepare(DuckDBConnection connection)
        {
            if (PrepareFailures-- > 0)
            {
                throw new InvalidOperationException("not now");
            }

            DuckDbStore.Execute(connection, "CREATE TABLE written (text VARCHAR)");
        }

        public int Weigh(string write) => 1;

        public void Apply(DuckDBConnection connection, IReadOnlyList<string> group)
        {
            _held.Set();
            _open.Wait();
            Groups.Add(group.Count);
            using var appender = connection.CreateAppender("written");
            foreach (var text in group)
            {
                appender.CreateRow().AppendValue(text).EndRow();
            }

            appender.Close();
            if (group.Contains(Bad))
            {
                throw new InvalidOperationException(Bad);
            }
        }

        public void Committed() => Commits++;

        public void RolledBack() => RollBacks++;
    }
}
