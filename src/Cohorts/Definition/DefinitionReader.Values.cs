using System.Globalization;
using System.Text.Json;
using Muster.Control.Api;

namespace Muster.Cohorts.Definition;

/// <content>Spans, days, windows and the plain values.</content>
internal sealed partial class DefinitionReader
{
    private static readonly Dictionary<string, SpanUnit> Units = new(StringComparer.Ordinal)
    {
        ["minute"] = SpanUnit.Minute,
        ["hour"] = SpanUnit.Hour,
        ["day"] = SpanUnit.Day,
        ["week"] = SpanUnit.Week,
        ["month"] = SpanUnit.Month,
    };

    /// <summary>The window of a condition, if it has one.</summary>
    private Window? Window(JsonElement condition, string path)
    {
        if (!condition.TryGetProperty("window", out var json))
        {
            return null;
        }

        path = At(path, "window");
        if (!IsObject(json, path, "a window"))
        {
            return null;
        }

        RejectUnknown(json, path, ["last", "from", "to", "since"]);
        var kinds = json.EnumerateObject().Select(p => p.Name is "from" or "to" ? "from" : p.Name)
            .Where(k => k is "last" or "from" or "since").Distinct().ToList();
        if (kinds.Count == 0)
        {
            Fault(path, "is empty: it needs last, from and to, or since");
            return null;
        }

        foreach (var surplus in json.EnumerateObject().Where(p => kinds.Skip(1).Contains(p.Name is "to" ? "from" : p.Name)))
        {
            Fault(At(path, surplus.Name), $"is surplus: this window has \"{kinds[0]}\" already");
        }

        switch (kinds[0])
        {
            case "last":
                return Span(json.GetProperty("last"), At(path, "last")) is { } span ? new Window.Last(span) : null;
            case "since":
                return Day(json.GetProperty("since"), At(path, "since")) is { } since ? new Window.Since(since) : null;
            default:
                var (from, to) = (Day(json, path, "from"), Day(json, path, "to"));
                if (from > to)
                {
                    Fault(At(path, "from"), "is after \"to\"");
                }

                return from is null || to is null ? null : new Window.Days(from.Value, to.Value);
        }
    }

    private Span? Span(JsonElement json, string path)
    {
        if (!IsObject(json, path, "a span as {\"n\":7,\"unit\":\"day\"}"))
        {
            return null;
        }

        RejectUnknown(json, path, ["n", "unit"]);
        int? n = null;
        if (!json.TryGetProperty("n", out var number))
        {
            Fault(At(path, "n"), "is required");
        }
        else if (number.ValueKind != JsonValueKind.Number || number.GetDouble() is not (>= 1 and <= int.MaxValue) || !double.IsInteger(number.GetDouble()))
        {
            Fault(At(path, "n"), "must be a whole number of at least 1");
        }
        else
        {
            n = (int)number.GetDouble();
        }

        SpanUnit? unit = null;
        if (!json.TryGetProperty("unit", out var name))
        {
            Fault(At(path, "unit"), "is required");
        }
        else if (name.ValueKind == JsonValueKind.String && Units.TryGetValue(name.GetString()!, out var known))
        {
            unit = known;
        }
        else
        {
            Fault(At(path, "unit"), "must be minute, hour, day, week or month");
        }

        return n is null || unit is null ? null : new Span(n.Value, unit.Value);
    }

    private DateOnly? Day(JsonElement owner, string path, string key)
    {
        if (owner.TryGetProperty(key, out var json))
        {
            return Day(json, At(path, key));
        }

        Fault(At(path, key), "is required");
        return null;
    }

    private DateOnly? Day(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(json.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        Fault(path, "must be a day as \"2026-01-31\"");
        return null;
    }

    private string? Text(JsonElement owner, string path, string key)
    {
        if (owner.TryGetProperty(key, out var json))
        {
            return Text(json, At(path, key));
        }

        Fault(At(path, key), "is required");
        return null;
    }

    private string? Text(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return json.GetString();
        }

        Fault(path, "must be a text");
        return null;
    }

    private double? Number(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return json.GetDouble();
        }

        Fault(path, "must be a number");
        return null;
    }

    private bool? Boolean(JsonElement json, string path)
    {
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return json.GetBoolean();
        }

        Fault(path, "must be true or false");
        return null;
    }

    /// <summary>A list whose elements are all read, so that each fault is found; null when it or one of them is at fault.</summary>
    private List<T>? List<T>(JsonElement json, string path, string what, Func<JsonElement, string, T?> read, bool mayBeEmpty = false)
        where T : class
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            Fault(path, $"must be a list of {what}");
            return null;
        }

        if (json.GetArrayLength() == 0 && !mayBeEmpty)
        {
            Fault(path, $"must not be empty: it needs {what}");
            return null;
        }

        var items = json.EnumerateArray().Select((item, i) => read(item, At(path, i.ToString(CultureInfo.InvariantCulture)))).ToList();
        return items.Contains(null) ? null : items.OfType<T>().ToList();
    }

    /// <summary>The first of the keys that an object has; the further ones are faults, and so is none.</summary>
    private string? One(JsonElement json, string path, string[] keys, string what)
    {
        var found = json.EnumerateObject().Select(p => p.Name).Where(keys.Contains).ToList();
        foreach (var surplus in found.Skip(1))
        {
            Fault(At(path, surplus), $"is surplus: there is \"{found[0]}\" already, and a condition has one {what}");
        }

        if (found.Count == 0)
        {
            Fault(path, $"needs a {what}: one of {string.Join(", ", keys)}");
            return null;
        }

        return found[0];
    }

    private bool IsObject(JsonElement json, string path, string what)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Fault(path, $"must be an object: {what}");
            return false;
        }

        return true;
    }

    private void RejectUnknown(JsonElement json, string path, string[] known)
    {
        foreach (var property in json.EnumerateObject().Where(p => !known.Contains(p.Name)))
        {
            Fault(At(path, property.Name), $"is not known here; known are {string.Join(", ", known)}");
        }
    }

    private Condition? Fault(string path, string message)
    {
        _faults.Add(new Fault(path, message));
        return null;
    }

    private static string At(string path, string key) => $"{path}/{RequestBody.Escape(key)}";
}
