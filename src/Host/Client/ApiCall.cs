using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Host.Output;

namespace Muster.Host.Client;

/// <summary>One verb being done: what was given, the server, and where the answer goes.</summary>
internal sealed class ApiCall(ParseResult parsed, ApiClient api, bool json)
{
    /// <summary>The server.</summary>
    public ApiClient Api => api;

    /// <summary>Whether the API's JSON is to be printed.</summary>
    public bool Json => json;

    /// <summary>What was given for an option.</summary>
    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>What was given for an argument.</summary>
    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>Whether an option was given, with or without a value.</summary>
    public bool IsGiven(Option option) => parsed.GetResult(option) is not null;

    /// <summary>A number given as an argument, as a path segment.</summary>
    public string Id(Argument<long> argument) => parsed.GetValue(argument).ToString(CultureInfo.InvariantCulture);

    /// <summary>The project to work in, as a path segment: the one given, or the only one there is.</summary>
    public async Task<string> ProjectAsync(Option<int?> option, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(option) is { } given)
        {
            return given.ToString(CultureInfo.InvariantCulture);
        }

        var projects = (await api.GetAsync("projects?limit=2", cancellationToken)).GetProperty("items");
        return projects.GetArrayLength() switch
        {
            1 => projects[0].GetProperty("id").GetRawText(),
            0 => throw new FailedException("There is no project yet; make one with 'muster project create NAME'."),
            _ => throw new FailedException("There are several projects; say which with --project ID ('muster project list' shows them)."),
        };
    }

    /// <summary>Prints one thing.</summary>
    public void Show(JsonElement one)
    {
        if (json)
        {
            Console.Out.WriteLine(one.GetRawText());
        }
        else
        {
            Answer.Write(one);
        }
    }

    /// <summary>Prints a whole list.</summary>
    public async Task ShowListAsync(string path, IReadOnlyList<Column> columns, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        await foreach (var item in api.ListAsync(path, cancellationToken))
        {
            items.Add(item);
        }

        if (json)
        {
            var page = new JsonObject { ["items"] = new JsonArray([.. items.Select(i => JsonNode.Parse(i.GetRawText()))]), ["nextCursor"] = null };
            Console.Out.WriteLine(page.ToJsonString());
        }
        else
        {
            Answer.Write(items, columns);
        }
    }

    /// <summary>Prints one page of a list that may be very long, and how to go on.</summary>
    public async Task ShowPageAsync(string path, IReadOnlyList<Column> columns, CancellationToken cancellationToken)
    {
        var page = await api.GetAsync(path, cancellationToken);
        if (json)
        {
            Console.Out.WriteLine(page.GetRawText());
            return;
        }

        Answer.Write([.. page.GetProperty("items").EnumerateArray()], columns);
        if (page.GetProperty("nextCursor").GetString() is { } cursor)
        {
            await Console.Error.WriteLineAsync($"There are more: go on with --cursor {cursor}, or take all with --csv.");
        }
    }

    /// <summary>Prints an answer that has rows and no pages.</summary>
    public void ShowRows(JsonElement answer, IReadOnlyList<JsonElement> rows, IReadOnlyList<Column> columns)
    {
        if (json)
        {
            Console.Out.WriteLine(answer.GetRawText());
        }
        else
        {
            Answer.Write(rows, columns);
        }
    }

    /// <summary>Prints CSV of any size as it comes.</summary>
    public async Task ShowCsvAsync(string path, CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        await api.CopyAsync(path, output, cancellationToken);
    }

    /// <summary>Says that something without an answer was done.</summary>
    public void ShowDone(string what)
    {
        if (!json)
        {
            Console.Out.WriteLine(what);
        }
    }
}
