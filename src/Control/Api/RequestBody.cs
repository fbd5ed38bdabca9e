using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Muster.Control.Api;

/// <summary>
/// The JSON object of a request, read key by key. It collects every fault with its JSON Pointer instead of stopping at
/// the first, and knows which keys nobody asked for.
/// </summary>
/// <remarks>Endpoints take it as a parameter, read what they need, then ask <see cref="HasFaults"/> once.</remarks>
public sealed class RequestBody
{
    private const int MaxBytes = 1024 * 1024;

    private readonly JsonElement _root;
    private readonly string _path;
    private readonly List<Fault> _faults;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private RequestBody(JsonElement root, string path, List<Fault> faults)
    {
        _root = root;
        _path = path;
        _faults = faults;
    }

    /// <summary>Reads the body of a request; called by the framework.</summary>
    public static async ValueTask<RequestBody> BindAsync(HttpContext context)
    {
        var faults = new List<Fault>();
        var root = default(JsonElement);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MaxBytes)
            {
                faults.Add(new Fault("", $"The body is larger than {MaxBytes} bytes."));
                return new RequestBody(root, "", faults);
            }
        }

        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(buffer.Length == 0 ? "{}"u8.ToArray() : buffer.ToArray(), options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                faults.Add(new Fault("", "The body must be a JSON object."));
            }
            else if (BrokenTexts.In(document.RootElement) is { Count: > 0 } broken)
            {
                // Left unread: whoever asks for such a text would get an exception.
                faults.AddRange(broken);
            }
            else
            {
                root = document.RootElement.Clone();
            }
        }
        catch (JsonException e)
        {
            faults.Add(new Fault("", $"The body is not valid JSON: {e.Message}"));
        }
        catch (InvalidOperationException)
        {
            // The look for keys that come twice reads them, and stops so at one that is no text.
            faults.Add(new Fault("", BrokenTexts.KeyMessage));
        }

        return new RequestBody(root, "", faults);
    }

    /// <summary>Reads a form as an object of texts: fields that are empty count as missing, and those of the framework (<c>_…</c>) are left out.</summary>
    internal static async ValueTask<RequestBody> OfFormAsync(HttpContext context)
    {
        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            var fields = form.Where(f => f.Value.ToString().Length > 0 && !f.Key.StartsWith('_')).ToDictionary(f => f.Key, f => f.Value.ToString());
            return new RequestBody(JsonSerializer.SerializeToElement(fields), "", []);
        }
        catch (InvalidDataException e)
        {
            return new RequestBody(default, "", [new Fault("", $"The form cannot be read: {e.Message}")]);
        }
    }

    /// <summary>Whether a key is there with a value other than null.</summary>
    public bool Has(string key) => TryGet(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether a key is there and null.</summary>
    public bool IsNull(string key) => TryGet(key, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A text that must be there and not blank; "" when it is at fault.</summary>
    public string Text(string key, int maxLength = 255) => OptionalText(key, maxLength) ?? Missing(key, "");

    /// <summary>A text that may be missing or null; when there it must not be blank.</summary>
    public string? OptionalText(string key, int maxLength = 255)
    {
        if (!Has(key))
        {
            return null;
        }

        TryGet(key, out var value);
        if (value.ValueKind != JsonValueKind.String)
        {
            return Fault(key, "must be a text", "");
        }

        var text = value.GetString()!.Trim();
        return text.Length == 0 ? Fault(key, "must not be empty", "")
            : text.Length > maxLength ? Fault(key, $"must be at most {maxLength} characters", "")
            : text;
    }

    /// <summary>One of an enum's JSON names; null when missing or at fault.</summary>
    public TEnum? OptionalEnum<TEnum>(string key)
        where TEnum : struct, Enum
    {
        if (!Has(key))
        {
            return null;
        }

        TryGet(key, out var value);
        if (value.ValueKind == JsonValueKind.String && EnumNames<TEnum>.Values.TryGetValue(value.GetString()!, out var found))
        {
            return found;
        }

        return Fault<TEnum?>(key, $"must be one of {string.Join(", ", EnumNames<TEnum>.Values.Keys.Select(n => $"\"{n}\""))}", null);
    }

    /// <summary>One of an enum's JSON names that must be there.</summary>
    public TEnum Enum<TEnum>(string key)
        where TEnum : struct, Enum => OptionalEnum<TEnum>(key) ?? (Has(key) ? default : Missing(key, default(TEnum)));

    /// <summary>True or false; null when missing or at fault.</summary>
    public bool? OptionalBool(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        TryGet(key, out var value);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Fault<bool?>(key, "must be true or false", null);
    }

    /// <summary>True or false that must be there; false when at fault.</summary>
    public bool Bool(string key) => OptionalBool(key) ?? (Has(key) ? false : Missing(key, false));

    /// <summary>A whole number within bounds; null when missing or at fault.</summary>
    public long? OptionalWholeNumber(string key, long min, long max)
    {
        if (!Has(key))
        {
            return null;
        }

        TryGet(key, out var value);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : Fault<long?>(key, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"), null);
    }

    /// <summary>A whole number within bounds that must be there; <paramref name="min"/> when at fault.</summary>
    public long WholeNumber(string key, long min, long max) => OptionalWholeNumber(key, min, max) ?? (Has(key) ? min : Missing(key, min));

    /// <summary>A time (RFC 3339); null when missing or at fault.</summary>
    public DateTimeOffset? OptionalTime(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        TryGet(key, out var value);
        return value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time)
            ? time
            : Fault<DateTimeOffset?>(key, "must be a time as 2026-01-31T12:00:00Z", null);
    }

    /// <summary>Any JSON that must be there, for a reader of its own; undefined when missing.</summary>
    public JsonElement Json(string key)
    {
        if (TryGet(key, out var value))
        {
            return value;
        }

        return Missing(key, default(JsonElement));
    }

    /// <summary>An object within this one; its faults are found with this one's. Null when missing, null or at fault.</summary>
    public RequestBody? OptionalObject(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        TryGet(key, out var value);
        return value.ValueKind == JsonValueKind.Object
            ? new RequestBody(value, $"{_path}/{Escape(key)}", _faults)
            : Fault<RequestBody?>(key, "must be an object", null);
    }

    /// <summary>Adds a fault found by the endpoint itself; <paramref name="key"/> is a key of this object.</summary>
    public void AddFault(string key, string message) => AddFault(new Fault($"{_path}/{Escape(key)}", message));

    /// <summary>Adds a fault with its whole path.</summary>
    public void AddFault(Fault fault)
    {
        // A body that could not be read at all has one fault, which says everything.
        if (_root.ValueKind == JsonValueKind.Object)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Reports the keys of this object that nobody asked for. The outermost object does so by itself.</summary>
    public void RejectSurplus()
    {
        if (_root.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in _root.EnumerateObject().Where(p => !_asked.Contains(p.Name)).ToList())
            {
                AddFault(property.Name, $"unknown key; known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
            }
        }
    }

    /// <summary>Whether anything is wrong, surplus keys included; then <paramref name="problem"/> is the answer.</summary>
    public bool HasFaults([NotNullWhen(true)] out IResult? problem)
    {
        RejectSurplus();
        problem = _faults.Count > 0 ? ApiProblem.Invalid(_faults) : null;
        return problem is not null;
    }

    /// <summary>A key as a JSON Pointer segment.</summary>
    public static string Escape(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private bool TryGet(string key, out JsonElement value)
    {
        _asked.Add(key);
        value = default;
        return _root.ValueKind == JsonValueKind.Object && _root.TryGetProperty(key, out value);
    }

    private T Missing<T>(string key, T fallback) => Fault(key, "is required", fallback);

    private T Fault<T>(string key, string message, T fallback)
    {
        AddFault(key, message);
        return fallback;
    }

    private static class EnumNames<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly Dictionary<string, TEnum> Values = System.Enum.GetValues<TEnum>().ToDictionary(
            value => typeof(TEnum).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.ToString(),
            StringComparer.Ordinal);
    }
}
