using Muster.Query.Expressions;

namespace Muster.Query.Engage;

/// <summary>Which profiles are asked for.</summary>
internal sealed record EngageRequest
{
    public required int ProjectId { get; init; }

    /// <summary>The members of this cohort only.</summary>
    public int? CohortId { get; init; }

    /// <summary>Members without a profile too; without a cohort there are none.</summary>
    public bool IncludeAllUsers { get; init; }

    /// <summary>These ids only: each stands for the person it was merged into.</summary>
    public IReadOnlyList<string>? DistinctIds { get; init; }

    /// <summary>Those for whom this is true.</summary>
    public Expression? Where { get; init; }

    /// <summary>The properties to answer; null: all.</summary>
    public IReadOnlyList<string>? OutputProperties { get; init; }

    /// <summary>Reads it.</summary>
    /// <exception cref="QueryException">A field is wrong, or asks for what is not there.</exception>
    public static EngageRequest Read(QueryFields fields, int projectId)
    {
        foreach (var (name, instead) in (ReadOnlySpan<(string, string)>)
            [("behaviors", "make a cohort of them and use filter_by_cohort"), ("data_group_id", "profiles of groups cannot be queried, only those of users")])
        {
            if (fields.Text(name) is not null)
            {
                throw new QueryException($"{name} is not supported here: {instead}");
            }
        }

        var one = fields.Text("distinct_id");
        var several = fields.Texts("distinct_ids");
        var cohort = fields.CohortId("filter_by_cohort");
        return new EngageRequest
        {
            ProjectId = projectId,
            CohortId = cohort,
            IncludeAllUsers = cohort is not null && fields.Flag("include_all_users") != false,
            DistinctIds = one is null ? several : [one, .. several ?? []],
            Where = fields.Where(),
            OutputProperties = fields.Texts("output_properties"),
        };
    }
}
