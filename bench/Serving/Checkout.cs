using System.Diagnostics;
using System.Globalization;

namespace Muster.Bench.Serving;

/// <summary>Where things lie in the checkout that this program was built from.</summary>
internal static class Checkout
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The program as people run it: published, compiled ahead. Built first when it is not there or not of today's sources.</summary>
    public static string Muster { get; } = Publish();

    /// <summary>The folder in which the official Iterable client is pinned.</summary>
    public static string IterableClient => Path.Combine(Root, "tests", "EndToEnd", "IterableClient");

    /// <summary>Average number of busy or waiting threads of the machine over the last minute: figures taken under load say little.</summary>
    public static double Load() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The most memory that a process has held, in MiB.</summary>
    public static double PeakMemoryMiB(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static string Publish()
    {
        using var build = Process.Start(new ProcessStartInfo(Path.Combine(Root, "muster"), ["version"]) { RedirectStandardOutput = true })!;
        build.WaitForExit();
        return build.ExitCode == 0
            ? Path.Combine(Root, ".build", "muster", "muster")
            : throw new InvalidOperationException("./muster could not build the program; see above");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Muster.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not within a checkout");
        }

        return folder.FullName;
    }
}
