using Muster.Query.Expressions;

namespace Muster.Query.Export;

/// <summary>Which events are asked for.</summary>
internal sealed record ExportRequest
{
    /// <summary>The most events that <c>limit</c> may ask for.</summary>
    public const int MaxLimit = 100_000;

    public required int ProjectId { get; init; }

    /// <summary>The first day, in the project's time zone.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The last day, included.</summary>
    public required DateOnly To { get; init; }

    /// <summary>Events of these names; null: all.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Those for which this is true.</summary>
    public Expression? Where { get; init; }

    /// <summary>How many at most; null: all.</summary>
    public int? Limit { get; init; }

    /// <summary>Times in milliseconds instead of seconds.</summary>
    public bool InMilliseconds { get; init; }

    /// <summary>Reads it.</summary>
    /// <exception cref="QueryException">A field is missing or wrong.</exception>
    public static ExportRequest Read(QueryFields fields, int projectId)
    {
        var request = new ExportRequest
        {
            ProjectId = projectId,
            From = fields.Day("from_date") ?? throw new QueryException("from_date is missing: the first day, as 2026-11-01"),
            To = fields.Day("to_date") ?? throw new QueryException("to_date is missing: the last day, which is included, as 2026-11-30"),
            Names = fields.Texts("event"),
            Where = fields.Where(),
            Limit = fields.WholeNumber("limit", 1, MaxLimit),
            InMilliseconds = fields.Flag("time_in_ms") ?? false,
        };
        return request.From <= request.To ? request : throw new QueryException("from_date is after to_date");
    }
}
