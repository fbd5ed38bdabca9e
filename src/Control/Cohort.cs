namespace Muster.Control;

/// <summary>A saved definition, or a fixed uploaded set.</summary>
public sealed class Cohort
{
    /// <summary>The numeric id.</summary>
    public int Id { get; init; }

    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Its name, 1-255 characters; the list made for it carries it.</summary>
    public required string Name { get; set; }

    /// <summary>What it is for, in people's words.</summary>
    public string? Description { get; set; }

    /// <summary>The definition as JSON; null for an uploaded set.</summary>
    public string? Definition { get; set; }

    /// <summary>Members at the last count; null before the first.</summary>
    public long? Count { get; set; }

    /// <summary>When it was last counted.</summary>
    public DateTimeOffset? CountedAt { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its name, description or definition last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }
}

/// <summary>The size of a cohort at one moment: each run and recount leaves one.</summary>
public sealed class CohortCount
{
    /// <summary>The row's id.</summary>
    public long Id { get; init; }

    /// <summary>The cohort counted.</summary>
    public required int CohortId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How many members it had.</summary>
    public required long Count { get; init; }
}
