using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Privacy;

namespace Muster.Cohorts.Membership;

/// <summary>The uploaded cohorts that name a person.</summary>
internal sealed class UploadRecords(DuckDbStore store, IDbContextFactory<ControlDb> factory) : IPersonalData
{
    private const string Erase = "DELETE FROM cohort_upload WHERE cohort_id IN (SELECT unnest($cohorts)) AND distinct_id IN (SELECT unnest($names))";

    private const string Named = """
        SELECT DISTINCT cohort_id FROM cohort_upload
        WHERE cohort_id IN (SELECT unnest($cohorts)) AND distinct_id IN (SELECT unnest($names)) ORDER BY 1
        """;

    /// <inheritdoc />
    public async Task EraseAsync(PersonRecord person, CancellationToken cancellationToken)
    {
        var cohorts = await CohortsAsync(person.ProjectId, cancellationToken);
        await using var connection = store.Open();
        connection.Execute(Erase, ("cohorts", cohorts.Keys.ToList()), ("names", person.DistinctIds.ToList()));
    }

    /// <inheritdoc />
    public async Task WriteAsync(PersonRecord person, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        var cohorts = await CohortsAsync(person.ProjectId, cancellationToken);
        await using var connection = store.Open();
        var named = connection.Query(
            Named, r => r.GetInt32(0), ("cohorts", cohorts.Keys.ToList()), ("names", person.DistinctIds.ToList()));
        writer.WriteStartArray("uploadedCohorts"u8);
        foreach (var id in named)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id"u8, id);
            writer.WriteString("name"u8, cohorts[id]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // Uploaded ones have no definition.
    private async Task<Dictionary<int, string>> CohortsAsync(int projectId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Cohorts.Where(c => c.ProjectId == projectId && c.Definition == null).ToDictionaryAsync(c => c.Id, c => c.Name, cancellationToken);
    }
}
