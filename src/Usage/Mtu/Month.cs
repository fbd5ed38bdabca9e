using System.Globalization;

namespace Muster.Usage.Mtu;

/// <summary>A calendar month.</summary>
internal readonly record struct Month(int Year, int Number) : IComparable<Month>
{
    private const string Format = "yyyy-MM";

    /// <summary>The month after it.</summary>
    public Month Next => Number == 12 ? new Month(Year + 1, 1) : new Month(Year, Number + 1);

    /// <summary>How many months it is from year 0.</summary>
    public int Ordinal => (Year * 12) + Number - 1;

    /// <summary>Reads <c>2026-11</c>; years 1970 to 9998.</summary>
    public static bool TryParse(string? text, out Month month)
    {
        var read = DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and < 9999;
        month = read ? new Month(day.Year, day.Month) : default;
        return read;
    }

    /// <summary>The month that a moment lies in.</summary>
    public static Month Of(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var wall = TimeZoneInfo.ConvertTime(moment, zone);
        return new Month(wall.Year, wall.Month);
    }

    /// <summary>Its first moment in a zone, as UTC.</summary>
    /// <remarks>A midnight that comes twice means the first one; one that is skipped is moved on by what was skipped.</remarks>
    public DateTime Start(TimeZoneInfo zone)
    {
        // The offsets a day before and after enclose a change that could matter; offsets are only asked for UTC times,
        // where they are never in doubt.
        var midnight = new DateTime(Year, Number, 1, 0, 0, 0, DateTimeKind.Utc);
        var before = zone.GetUtcOffset(midnight.AddDays(-1));
        var after = zone.GetUtcOffset(midnight.AddDays(1));
        var (early, late) = (midnight - before, midnight - after);
        var earlyIsReal = zone.GetUtcOffset(early) == before;
        var lateIsReal = zone.GetUtcOffset(late) == after;
        return earlyIsReal && lateIsReal ? (early < late ? early : late)
            : lateIsReal ? late
            : early;
    }

    /// <inheritdoc />
    public int CompareTo(Month other) => Ordinal.CompareTo(other.Ordinal);

    /// <inheritdoc />
    public override string ToString() => new DateOnly(Year, Number, 1).ToString(Format, CultureInfo.InvariantCulture);
}
