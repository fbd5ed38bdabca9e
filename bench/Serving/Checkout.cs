using System.Diagnostics;
using System.Globalization;

namespace Muster.Bench.Serving;

/// <summary>Where things lie in the checkout that this program was built from.</summary>
internal static class Checkout
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built program, in the configuration of this one.</summary>
    public static string Muster
    {
        get
        {
            var built = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(Root, "src", "Host", "bin", built.Parent!.Name, built.Name, "muster");
        }
    }

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
