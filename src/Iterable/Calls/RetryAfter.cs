using System.Globalization;
using System.Net.Http.Headers;

namespace Muster.Iterable.Calls;

/// <summary>Reads <c>Retry-After</c>, in seconds or as an HTTP date.</summary>
internal static class RetryAfter
{
    /// <summary>Nobody is waited for longer than this, whatever is asked for: the next scheduled run comes anyway.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>The wait asked for, from zero to <see cref="Bound"/>; null when none is, or not in a form known.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider clock)
    {
        if (!headers.NonValidated.TryGetValues("Retry-After", out var values))
        {
            return null;
        }

        var text = values.First().Trim();
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, Bound.TotalSeconds));
        }

        if (DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
        {
            // Against the answer's own clock when it shows one, so that a wrong clock on either side does no harm.
            var wait = until - (headers.Date ?? clock.GetUtcNow());
            return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Bound ? Bound : wait;
        }

        return null;
    }
}
