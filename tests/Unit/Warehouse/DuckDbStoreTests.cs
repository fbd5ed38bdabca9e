using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class DuckDbStoreTests
{
    [Fact]
    public async Task LendMemory_HoweverMuch_KeepsNothing()
    {
        await using var store = new TempStore();

        store.Store.LendMemory(2048).Dispose();

        Kept(store).ShouldBe("0 bytes");
    }

    [Fact]
    public async Task KeepBlocks_OfSmallAndLargeWork_KeepsTheMostThatWasAskedUpToTheBound()
    {
        await using var store = new TempStore();

        List<string> kept = [];
        foreach (var mebibytes in new[] { 255, 300, 256, 5000, 400 })
        {
            store.Store.KeepBlocks(mebibytes);
            kept.Add(Kept(store));
        }

        kept.ShouldBe(["0 bytes", "300.0 MiB", "300.0 MiB", "1.0 GiB", "1.0 GiB"]);
    }

    private static string Kept(TempStore store)
    {
        using var connection = store.Store.Open();
        return connection.Query("SELECT current_setting('block_allocator_memory')", r => r.GetString(0))[0];
    }
}
