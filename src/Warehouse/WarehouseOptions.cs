namespace Muster.Warehouse;

/// <summary>Where events, profiles, identities, ledgers and receipts are kept.</summary>
public sealed record WarehouseOptions
{
    /// <summary>The data folder; DuckDB keeps <c>warehouse.duckdb</c> in it.</summary>
    public required string DataDir { get; init; }

    /// <summary>What DuckDB may keep in memory, in MiB; more spills to a folder beside the file.</summary>
    public int MemoryLimitMiB { get; init; } = 512;
}
