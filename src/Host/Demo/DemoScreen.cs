using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Muster.Host.Demo;

/// <summary>What the demo says on standard output: where everything is, then a line for whatever happens.</summary>
internal sealed class DemoScreen
{
    private readonly DateTime _started = Process.GetCurrentProcess().StartTime;

    /// <summary>Shows where everything is.</summary>
    public static void Welcome(IReadOnlyList<(string What, string Where)> places)
    {
        if (Console.IsOutputRedirected)
        {
            foreach (var (what, where) in places)
            {
                Console.Out.WriteLine($"{what}: {where}");
            }

            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        foreach (var (what, where) in places)
        {
            grid.AddRow(new Text(what, new Style(decoration: Decoration.Bold)), new Text(where));
        }

        AnsiConsole.Write(new Panel(grid) { Header = new PanelHeader(" Muster demo "), Border = BoxBorder.Rounded });
    }

    /// <summary>Says one line.</summary>
    public static void Say(string line) => Console.Out.WriteLine(line);

    /// <summary>Says one line with the seconds since the program was started.</summary>
    public void SayWithTime(string line, TimeProvider clock) => Say(string.Create(
        CultureInfo.InvariantCulture, $"{line} ({(clock.GetLocalNow().DateTime - _started).TotalSeconds:0.0} s after the start)"));
}
