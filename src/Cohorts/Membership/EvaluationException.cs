namespace Muster.Cohorts.Membership;

/// <summary>An evaluation that was ended at its limit of time or memory. Nothing was changed; the message says what to do.</summary>
/// <param name="code">Which limit: <c>evaluation_too_slow</c> or <c>evaluation_too_large</c>.</param>
/// <param name="message">For the person who asked.</param>
/// <param name="inner">What the engine said.</param>
public sealed class EvaluationException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which limit it was, as the REST interface names it.</summary>
    public string Code => code;
}
