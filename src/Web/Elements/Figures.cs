using System.Globalization;
using System.Text.Json;

namespace Muster.Web.Elements;

/// <summary>Numbers, times and texts as pages show them.</summary>
internal static class Figures
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A number with its thousands grouped.</summary>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of things: <c>1 member</c>, <c>1,200 members</c>.</summary>
    public static string Of(long number, string thing) => $"{Of(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>A share in whole percent.</summary>
    public static int Percent(long part, long whole) => whole <= 0 ? 0 : (int)Math.Clamp(part * 100 / whole, 0, 100);

    /// <summary>A number of bytes in a unit that suits it.</summary>
    public static string Bytes(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        while (size >= 1024 && unit < Units.Length - 1)
        {
            (size, unit) = (size / 1024, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? size.ToString("0", CultureInfo.InvariantCulture) : size.ToString("0.0", CultureInfo.InvariantCulture))} {Units[unit]}");
    }

    /// <summary>How long something takes, in the unit that suits it.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "under a second",
        { TotalSeconds: < 90 } => Of((long)Math.Round(time.TotalSeconds), "second"),
        { TotalMinutes: < 90 } => Of((long)Math.Round(time.TotalMinutes), "minute"),
        { TotalHours: < 36 } => Of((long)Math.Round(time.TotalHours), "hour"),
        _ => Of((long)Math.Round(time.TotalDays), "day"),
    };

    /// <summary>A time as seen from now: <c>3 minutes ago</c>, <c>in 2 hours</c>.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = now - at;
        return distance.Duration() < TimeSpan.FromSeconds(5) ? "just now"
            : distance > TimeSpan.Zero ? $"{Duration(distance)} ago"
            : $"in {Duration(-distance)}";
    }

    /// <summary>A time to the second, in UTC.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A word of the REST interface for people: <c>no_email</c> becomes <c>no email</c>.</summary>
    public static string Words(string code) => code.Replace('_', ' ');

    /// <summary>The same with a capital at its start.</summary>
    public static string Title(string code) => code.Length == 0 ? "" : char.ToUpperInvariant(code[0]) + Words(code)[1..];

    /// <summary>A JSON value on one line.</summary>
    public static string Json(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
