using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Query.Expressions;

namespace Muster.Query;

/// <summary>The fields of a query: from the query string, a form, or a JSON object. The query string wins.</summary>
internal sealed class QueryFields
{
    private const int MaxBody = 10 * 1024 * 1024;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    private QueryFields()
    {
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="QueryException">The body cannot be read.</exception>
    public static async Task<QueryFields> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        try
        {
            await fields.AddBodyAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or BadHttpRequestException)
        {
            throw new QueryException("the body cannot be read: send a form, or a JSON object, of at most 10 MB");
        }

        foreach (var (name, values) in request.Query)
        {
            fields._fields[name] = values[^1] ?? "";
        }

        return fields;
    }

    /// <summary>A field; null when it is missing or empty.</summary>
    public string? Text(string name) => _fields.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>A whole number within limits.</summary>
    public int? WholeNumber(string name, int least, int most) => Text(name) is not { } text
        ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new QueryException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}': it takes a whole number from {least} to {most}"));

    /// <summary>A day.</summary>
    public DateOnly? Day(string name) => Text(name) is not { } text
        ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new QueryException($"{name} is '{text}': it takes a day, as 2026-11-30");

    /// <summary>Yes or no.</summary>
    public bool? Flag(string name) => Text(name) is not { } text ? null : text.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new QueryException($"{name} is '{text}': it takes true or false"),
    };

    /// <summary>A JSON list of texts; numbers in it are taken as they are written.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var list = Json(name, text);
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            ? [.. list.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText())]
            : throw new QueryException($"{name} takes a JSON list of texts, as [\"a\", \"b\"]");
    }

    /// <summary>The id in <c>{"id": 12}</c>.</summary>
    public int? CohortId(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var cohort = Json(name, text);
        return cohort.ValueKind == JsonValueKind.Object && cohort.TryGetProperty("id", out var id)
            && int.TryParse(id.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new QueryException($"{name} takes a JSON object with the cohort's number, as {{\"id\": 12}}");
    }

    /// <summary>A segmentation expression.</summary>
    public Expression? Where()
    {
        try
        {
            return Text("where") is { } text ? Parser.Parse(text) : null;
        }
        catch (ExpressionException e)
        {
            throw QueryException.Of(e);
        }
    }

    private static JsonElement Json(string name, string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            throw new QueryException($"{name} is not valid JSON");
        }
    }

    private async Task AddBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBody)
        {
            throw new InvalidDataException();
        }

        if (request.HasFormContentType)
        {
            foreach (var (name, values) in await request.ReadFormAsync(cancellationToken))
            {
                _fields[name] = values[^1] ?? "";
            }
        }
        else if (request.HasJsonContentType() && request.ContentLength != 0)
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
            if (body.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException();
            }

            foreach (var member in body.RootElement.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null))
            {
                // A list or object stands for the JSON text that a form would carry.
                _fields[member.Name] = member.Value.ToString();
            }
        }
    }
}
