using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Host.Commands;

/// <summary>Arguments and options that several verbs take.</summary>
internal static class Inputs
{
    public static Argument<long> Id(string what) => new("id") { Description = $"The {what}'s id" };

    public static Option<int?> Project() => new("--project") { HelpName = "ID", Description = "The project's id; not needed when there is only one" };

    public static Option<string?> Text(string name, string description) => new(name) { HelpName = "TEXT", Description = description };

    public static Option<int?> Limit() => new("--limit") { HelpName = "N", Description = "How many at most: 1-1000, default 100" };

    public static Option<string?> Cursor() => new("--cursor") { HelpName = "CURSOR", Description = "Where to go on" };

    public static Option<bool> Csv() => new("--csv") { Description = "Print all of them as CSV" };

    /// <summary>An option that takes only some words.</summary>
    public static Option<string?> Word(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name) { Description = description };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    /// <summary>A JSON object of what was given; what was not given is left out.</summary>
    public static JsonObject Body(params ReadOnlySpan<(string Key, JsonNode? Value)> parts)
    {
        var body = new JsonObject();
        foreach (var (key, value) in parts)
        {
            if (value is not null)
            {
                body[key] = value;
            }
        }

        return body;
    }

    /// <summary>A query string of what was given.</summary>
    public static string Query(params ReadOnlySpan<(string Key, string? Value)> parts)
    {
        var query = "";
        foreach (var (key, value) in parts)
        {
            query += value is null ? "" : $"{(query.Length == 0 ? '?' : '&')}{key}={Uri.EscapeDataString(value)}";
        }

        return query;
    }

    /// <summary>Reads JSON that someone typed or wrote to a file.</summary>
    /// <exception cref="FailedException">It is not JSON.</exception>
    public static JsonNode Json(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text) ?? throw new FailedException($"The {what} is empty.");
        }
        catch (JsonException e)
        {
            throw new FailedException($"The {what} is not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Reads a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="FailedException">It cannot be read.</exception>
    public static Stream Open(string path)
    {
        try
        {
            return path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
