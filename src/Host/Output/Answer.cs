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
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var property in one.EnumerateObject())
        {
            grid.AddRow(new Text(property.Name, new Style(decoration: Decoration.Bold)), new Text(Format(property.Value)));
        }

        StandardOutput().Write(grid);
    }

    /// <summary>A value as people read it; small objects of plain values as <c>reason 12, other 3</c>.</summary>
    public static string Format(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "-",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
        JsonValueKind.Object when value.EnumerateObject().All(p => p.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) =>
            value.EnumerateObject().Any() ? string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name} {Format(p.Value)}")) : "-",
        _ => value.GetRawText(),
    };

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
