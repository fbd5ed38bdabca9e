namespace Muster.Control.Audit;

/// <summary>One thing that someone did. Entries are added and, after their time, deleted; never changed.</summary>
public sealed class AuditEntry
{
    /// <summary>The numeric id; later ones have higher ids.</summary>
    public long Id { get; init; }

    /// <summary>The project it was done in; null: it is about the whole installation.</summary>
    public int? ProjectId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who: the person's address or the token's name.</summary>
    public required string Who { get; init; }

    /// <summary>The same for programs: <c>person:3</c>, <c>token:7</c>, <c>settings</c>, or <c>nobody</c> before a sign-in.</summary>
    public required string WhoId { get; init; }

    /// <summary>The address of the network the request came from; null: not by a request.</summary>
    public string? From { get; init; }

    /// <summary>What was done, as <c>cohort.changed</c>.</summary>
    public required string Action { get; init; }

    /// <summary>To what, as <c>cohort:12</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What it is called, at that time.</summary>
    public string? SubjectName { get; init; }

    /// <summary>JSON object: each thing that changed, with what it was and what it is. Secrets are named, never shown.</summary>
    public string? Changes { get; init; }
}
