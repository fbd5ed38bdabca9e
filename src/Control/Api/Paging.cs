using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Muster.Control.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> for the next page; null: there is none.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>The <c>limit</c> (1-1000, default 100) and <c>cursor</c> of a list request.</summary>
/// <param name="Limit">How many items at most.</param>
/// <param name="After">Where to go on: the position of the last item seen; 0 at the start.</param>
/// <param name="Problem">The answer when either is wrong.</param>
public sealed record Paging(int Limit, long After, IResult? Problem)
{
    /// <summary>Reads them from the query string; called by the framework.</summary>
    public static ValueTask<Paging> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var faults = new List<Fault>();
        var limit = 100;
        if (query.TryGetValue("limit", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 1000))
        {
            faults.Add(new Fault("limit", "must be a whole number from 1 to 1000"));
        }

        var after = 0L;
        if (query.TryGetValue("cursor", out var cursor)
            && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            faults.Add(new Fault("cursor", "must be the nextCursor of an earlier answer"));
        }

        return ValueTask.FromResult(new Paging(limit, after, faults.Count > 0 ? ApiProblem.Invalid(faults) : null));
    }

    /// <summary>Makes the page of up to <see cref="Limit"/> + 1 items read from the store: the one too many says that there is more.</summary>
    public Page<TOut> Page<TIn, TOut>(IReadOnlyList<TIn> read, Func<TIn, long> position, Func<TIn, TOut> show)
    {
        var items = read.Take(Limit).ToList();
        var next = read.Count > Limit ? position(items[^1]).ToString(CultureInfo.InvariantCulture) : null;
        return new Page<TOut>(items.Select(show).ToList(), next);
    }
}
