namespace Muster.Query.Expressions;

/// <summary>An expression that cannot be used; the message says what is wrong there.</summary>
internal sealed class ExpressionException(string message, int position) : Exception(message)
{
    /// <summary>Where, in characters from the start of the text, the first being 0.</summary>
    public int Position => position;
}
