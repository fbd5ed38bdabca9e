using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Repository;

/// <summary>THIRD-PARTY-NOTICES.md names what the program is made of, in the versions that it is made of.</summary>
public sealed class NoticesTests
{
    private static readonly string Root = RootOf();
    private static readonly string Notices = File.ReadAllText(Path.Combine(Root, "THIRD-PARTY-NOTICES.md"));

    [Fact]
    public void Notices_PackagesThatAreAskedFor_StandInThemWithTheirVersion()
    {
        foreach (var package in XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion"))
        {
            Line(package.Attribute("Include")!.Value).ShouldContain(package.Attribute("Version")!.Value, Case.Sensitive, $"THIRD-PARTY-NOTICES.md: {package}");
        }
    }

    [Fact]
    public void Notices_PackagesThatTheProgramBringsAlong_StandInThem()
    {
        using var locks = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "src/Host/packages.lock.json")));
        foreach (var package in locks.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(f => f.Value.EnumerateObject())
            .Where(p => p.Value.GetProperty("type").GetString() != "Project"))
        {
            Line(package.Name).ShouldContain(package.Value.GetProperty("resolved").GetString()!, Case.Sensitive, $"THIRD-PARTY-NOTICES.md: {package.Name}");
        }
    }

    // The line that names a package, or names its family as 'X and its parts'.
    private static string Line(string package) =>
        Notices.Split('\n').FirstOrDefault(l => l.StartsWith("| ", StringComparison.Ordinal) && Names(l, package)) ?? "";

    private static bool Names(string line, string package)
    {
        var named = line.Split('|')[1].Split([' ', ',', '[', ']', '('], StringSplitOptions.RemoveEmptyEntries);
        return named.Contains(package, StringComparer.Ordinal)
            || (line.Contains(" and its parts", StringComparison.Ordinal) && named.Any(n => package.StartsWith(n + ".", StringComparison.Ordinal)));
    }

    private static string RootOf([CallerFilePath] string file = "")
    {
        var folder = Path.GetDirectoryName(file)!;
        while (!File.Exists(Path.Combine(folder, "Directory.Packages.props")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
