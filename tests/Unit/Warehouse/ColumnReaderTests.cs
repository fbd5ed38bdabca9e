using System.Data;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class ColumnReaderTests : IAsyncDisposable
{
    private readonly TempStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Read_ManyBlocks_HasEveryRow()
    {
        using var connection = _store.Store.Open();
        using var reader = new ColumnReader(connection, "SELECT i::INTEGER FROM range($1) t(i) WHERE i >= $2", 100_000, 10);

        var (rows, sum) = (0, 0L);
        while (reader.Next() is { } block)
        {
            rows += block.Rows;
            foreach (var value in block.Integers(0))
            {
                sum += value;
            }

            block.Dispose();
        }

        (rows, sum).ShouldBe((99_990, 4_999_949_955L));
    }

    [Fact]
    public void Text_ShortLongAndNull_IsAsStored()
    {
        using var connection = _store.Store.Open();
        using var reader = new ColumnReader(connection, "SELECT unnest(['', 'iterable', 'twelve chars', 'thirteen char', NULL, 'schön', 'a text that is longer than that'])");

        using var block = reader.Next()!;

        Enumerable.Range(0, block.Rows).Select(row => block.IsNull(0, row) ? null : block.Text(0, row))
            .ShouldBe(["", "iterable", "twelve chars", "thirteen char", null, "schön", "a text that is longer than that"]);
        reader.Next().ShouldBeNull();
    }

    [Fact]
    public void TextMarks_EqualTexts_AreEqual()
    {
        using var connection = _store.Store.Open();
        using var reader = new ColumnReader(connection, "SELECT CASE i % 3 WHEN 0 THEN 'iterable' WHEN 1 THEN 'mixpanel' ELSE 'iterable, or so' END FROM range(12) t(i)");

        using var block = reader.Next()!;

        var marks = block.TextMarks(0);
        marks[0].ShouldBe(marks[3]);
        marks[0].ShouldNotBe(marks[1]);
        marks[0].ShouldNotBe(marks[2]);
    }

    [Fact]
    public void Read_Times_AreCompared()
    {
        using var connection = _store.Store.Open();
        var noon = new DateTime(2026, 11, 15, 12, 0, 0, DateTimeKind.Utc);
        using var reader = new ColumnReader(connection, "SELECT 1 WHERE TIMESTAMP '2026-11-15 12:00:00' >= $1 AND TIMESTAMP '2026-11-15 11:59:59.999' < $1", noon);

        using var block = reader.Next();
        block.ShouldNotBeNull();
    }

    [Fact]
    public void New_WrongQuery_SaysWhy()
    {
        using var connection = _store.Store.Open();

        Should.Throw<DataException>(() => new ColumnReader(connection, "SELECT nothing FROM nowhere")).Message.ShouldContain("nowhere");
    }

    [Fact]
    public void Read_QueryThatBreaksOnTheWay_SaysWhy()
    {
        using var connection = _store.Store.Open();

        Should.Throw<DataException>(() =>
        {
            using var reader = new ColumnReader(connection, "SELECT CAST(CASE WHEN i < 500000 THEN '1' ELSE 'x' END AS INTEGER) FROM range(600000) t(i)");
            while (reader.Next() is { } block)
            {
                block.Dispose();
            }
        }).Message.ShouldContain("x");
    }
}
