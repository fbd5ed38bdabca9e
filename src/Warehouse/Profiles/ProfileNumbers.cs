using System.Globalization;

namespace Muster.Warehouse.Profiles;

/// <summary>Sums of numbers that are JSON texts.</summary>
internal static class ProfileNumbers
{
    /// <summary>The sum of a stored property and a number; null when the stored one is no number or the sum is too large for one.</summary>
    /// <param name="stored">The property's JSON; null and JSON null count as 0.</param>
    /// <param name="number">A JSON number.</param>
    public static string? Add(string? stored, string number)
    {
        stored = stored is null or "null" ? "0" : stored;
        if (stored[0] is not ('-' or (>= '0' and <= '9')))
        {
            return null;
        }

        // Money must not turn into 0.30000000000000004, so decimal as long as both are exact in it.
        if (Exact(stored) is { } left && Exact(number) is { } right)
        {
            try
            {
                return (left + right).ToString(CultureInfo.InvariantCulture);
            }
            catch (OverflowException)
            {
                return Inexact(stored, number);
            }
        }

        return Inexact(stored, number);
    }

    private static decimal? Exact(string number) =>
        number.Length <= 28 && !number.AsSpan().ContainsAny('e', 'E')
        && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string? Inexact(string left, string right)
    {
        var sum = double.Parse(left, CultureInfo.InvariantCulture) + double.Parse(right, CultureInfo.InvariantCulture);
        return double.IsFinite(sum) ? sum.ToString("R", CultureInfo.InvariantCulture) : null;
    }
}
