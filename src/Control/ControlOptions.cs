namespace Muster.Control;

/// <summary>Where control data is kept and who may sign in first.</summary>
public sealed record ControlOptions
{
    /// <summary>The data folder; SQLite keeps <c>control.db</c> in it, Data Protection its keys in <c>keys/</c>.</summary>
    public required string DataDir { get; init; }

    /// <summary>A token of role admin on every project, made at start; null: none.</summary>
    public string? AdminToken { get; init; }
}
