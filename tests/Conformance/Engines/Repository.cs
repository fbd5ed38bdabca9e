using Shouldly;

namespace Muster.Tests.Conformance.Engines;

/// <summary>Where the sources are that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Tests { get; } = Path.Combine(Root, "tests", "Conformance");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Muster.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.ShouldNotBeNull().FullName;
    }
}
