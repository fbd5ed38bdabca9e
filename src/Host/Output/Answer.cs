using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Muster.Host.Output;

/// <summary>Answers for people: tables on standard output.</summary>
internal static class Answer
{
    // A file or a pipe has no width: nothing is broken over lines there.
    private const int WidthWithoutTerminal = 4000;

    /// <summary>Prints items as rows.</summary>
    public static void Write(IReadOnlyList<JsonElement> items, IReadOnlyList<Column> columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            var numbers = items.Count > 0 && items.All(i => column.Of(i).ValueKind is JsonValueKind.Number or JsonValueKind.Null or JsonValueKind.Undefined);
            table.AddColumn(new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold))) { Alignment = numbers ? Justify.Right : Justify.Left });
        }

        foreach (var item in items)
        {
            table.AddRow(columns.Select(c => new Text(Format(c.Of(item)))));
        }

        StandardOutput().Write(table);
    }

    /// <summary>Prints one thing, a line for each of its values.</summary>
    public static void Write(JsonElement one)
    {
        var width = one.EnumerateObject().Select(p => p.Name.Length).DefaultIfEmpty().Max();
        foreach (var property in one.EnumerateObject())
        {
            Console.Out.WriteLine($"{property.Name.PadRight(width)}  {Format(property.Value)}");
        }
    }

    /// <summary>
    /// A value as people read it: small objects of plain values as <c>reason 12, other 3</c>, a run as its id and status,
    /// steps with how long they took.
    /// </summary>
    public static string Format(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "-",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Object when value.TryGetProperty("id", out var id) && value.TryGetProperty("status", out var status) => $"{Format(id)} {Format(status)}",
        JsonValueKind.Object when value.EnumerateObject().All(p => p.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) =>
            OrNone(string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name} {Format(p.Value)}"))),
        JsonValueKind.Array when value.EnumerateArray().All(IsStep) => OrNone(string.Join(", ", value.EnumerateArray().Select(Step))),
        _ => value.GetRawText(),
    };

    private static string OrNone(string text) => text.Length == 0 ? "-" : text;

    private static bool IsStep(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("step", out _) && value.TryGetProperty("startedAt", out _);

    private static string Step(JsonElement step) => step.GetProperty("finishedAt") is { ValueKind: JsonValueKind.String } finished
        ? string.Create(CultureInfo.InvariantCulture,
            $"{Format(step.GetProperty("step"))} {(finished.GetDateTimeOffset() - step.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds:0.00} s")
        : $"{Format(step.GetProperty("step"))} ...";

    private static IAnsiConsole StandardOutput()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }
}
