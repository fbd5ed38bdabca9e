namespace Muster.Warehouse;

/// <summary>Where events, profiles, identities, ledgers and receipts are kept.</summary>
public sealed record WarehouseOptions
{
    /// <summary>The data folder; DuckDB keeps <c>warehouse.duckdb</c> in it.</summary>
    public required string DataDir { get; init; }

    /// <summary>
    /// What DuckDB may keep in memory, in MiB, when no large run needs more (<see cref="DuckDb.DuckDbStore.LendMemory"/>);
    /// what does not fit spills to a folder beside the file.
    /// </summary>
    public int MemoryLimitMiB { get; init; } = 128;

    /// <summary>How long events are kept, by their own time; null: for good.</summary>
    public TimeSpan? EventRetention { get; init; }
}
