using Microsoft.Extensions.Logging.Abstractions;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class DuckDbUpkeepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CheckpointIfIdle_LogStoppedGrowing_IsMovedIntoTheFileOnce()
    {
        await using var store = new TempStore();
        using var upkeep = New(store);
        await WriteAsync(store, "a");

        upkeep.CheckpointIfIdle(1).ShouldBeFalse("it grew since the program started");
        upkeep.CheckpointIfIdle(1).ShouldBeTrue();
        upkeep.CheckpointIfIdle(1).ShouldBeFalse("there is nothing left to do");

        await WriteAsync(store, "b");
        upkeep.CheckpointIfIdle(1).ShouldBeFalse("it grew");
        store.Number("SELECT count(*) FROM profile").ShouldBe(2);
    }

    [Fact]
    public async Task CheckpointIfIdle_SmallLog_StaysAsItIs()
    {
        await using var store = new TempStore();
        using var upkeep = New(store);
        await WriteAsync(store, "a");

        upkeep.CheckpointIfIdle();
        upkeep.CheckpointIfIdle().ShouldBeFalse();
    }

    [Fact]
    public async Task CheckpointIfIdle_SomeoneIsWriting_NothingIsLost()
    {
        await using var store = new TempStore();
        using var upkeep = New(store);
        await WriteAsync(store, "a");
        upkeep.CheckpointIfIdle(1);
        using (var connection = store.Store.Open())
        {
            using var transaction = connection.BeginTransaction();
            DuckDbStore.Execute(connection, "INSERT INTO alias VALUES (1, 1, 1)");
            upkeep.CheckpointIfIdle(1);
            transaction.Commit();
        }

        await store.ReopenAsync();

        store.Number("SELECT count(*) FROM alias").ShouldBe(1);
        store.Number("SELECT count(*) FROM profile").ShouldBe(1);
    }

    [Fact]
    public async Task Execute_LogHasGrownLong_IsMovedWhileOthersWriteAndNothingIsLost()
    {
        await using var store = new TempStore();
        using var upkeep = New(store);
        await upkeep.StartAsync(Token);
        var text = $"\"{new string('x', 64 * 1024)}\"";
        var written = 0;
        do
        {
            await Task.WhenAll(Enumerable.Range(written, 8).Select(i => WriteAsync(store, $"user-{i}", new KeyValuePair<string, string>("text", text))));
            written += 8;
        }
        while (store.Store.LogLength < 24 * 1024 * 1024 && new FileInfo(store.Store.FilePath).Length < 8 * 1024 * 1024 && written < 10_000);

        new FileInfo(store.Store.FilePath).Length.ShouldBeGreaterThan(8 * 1024 * 1024, "the log was not moved");
        await upkeep.StopAsync(Token);
        await store.ReopenAsync();
        store.Number("SELECT count(*) FROM profile WHERE length(properties) > 65536").ShouldBe(written);
    }

    private static DuckDbUpkeep New(TempStore store) => new(store.Store, store.People, TimeProvider.System, NullLogger<DuckDbUpkeep>.Instance);

    private static async Task WriteAsync(TempStore store, string who, params KeyValuePair<string, string>[] properties) => await store.People.ApplyAsync(
        [new ProfileUpdate { ProjectId = 1, DistinctId = who, Operations = [new ProfileOperation.Set(properties)] }], Token);
}
