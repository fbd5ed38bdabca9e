using Muster.Query.Expressions;

namespace Muster.Query;

/// <summary>A query that cannot be answered as it was asked; the message says what to change.</summary>
internal sealed class QueryException(string message) : Exception(message)
{
    /// <summary>Where in <c>where</c> it is wrong, in characters from 0; null: elsewhere.</summary>
    public int? Position { get; init; }

    /// <summary>Reads a parameter <c>where</c>.</summary>
    public static QueryException Of(ExpressionException wrong) =>
        new($"where is wrong at position {wrong.Position}: {wrong.Message}") { Position = wrong.Position };
}
