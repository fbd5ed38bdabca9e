using System.Text.Json;
using Muster.Control;

namespace Muster.Cohorts;

/// <summary>A cohort as the REST interface shows it; the definition of an uploaded set is null.</summary>
internal sealed record CohortView(
    int Id, string Name, string? Description, JsonElement? Definition, long? Count, DateTimeOffset? CountedAt,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string CreatedBy)
{
    public static CohortView Of(Cohort cohort) => new(
        cohort.Id, cohort.Name, cohort.Description, cohort.Definition is { } definition ? JsonElement.Parse(definition) : null,
        cohort.Count, cohort.CountedAt, cohort.CreatedAt, cohort.UpdatedAt, cohort.CreatedBy);
}
