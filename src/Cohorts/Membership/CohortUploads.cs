using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Membership;

/// <summary>The ids of uploaded cohorts.</summary>
internal sealed class CohortUploads(DuckDbStore store)
{
    private const string Copy = "INSERT INTO cohort_upload SELECT $to, distinct_id FROM cohort_upload WHERE cohort_id = $from";
    private const string Delete = "DELETE FROM cohort_upload WHERE cohort_id = $cohort";

    /// <summary>Stores the ids of a cohort, all or none, and returns how many came.</summary>
    public async Task<long> StoreAsync(int cohortId, IAsyncEnumerable<string> ids, CancellationToken cancellationToken)
    {
        await using var connection = store.Open();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var count = 0L;
        using (var rows = connection.CreateAppender("cohort_upload"))
        {
            await foreach (var id in ids.WithCancellation(cancellationToken))
            {
                rows.CreateRow().AppendValue(cohortId).AppendValue(id).EndRow();
                count++;
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    /// <summary>Gives one cohort the ids of another.</summary>
    public void CopyIds(int from, int to) => Execute(Copy, ("from", from), ("to", to));

    /// <summary>Forgets the ids of a cohort.</summary>
    public void Forget(int cohortId) => Execute(Delete, ("cohort", cohortId));

    private void Execute(string sql, params ReadOnlySpan<(string Name, int Value)> parameters)
    {
        using var connection = store.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        command.ExecuteNonQuery();
    }
}
