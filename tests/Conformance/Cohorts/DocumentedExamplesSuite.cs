using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>The examples of docs/cohorts.md, "Corner by corner", are true.</summary>
public abstract partial class DocumentedExamplesSuite(CohortEngine engine)
{
    [Fact]
    public async Task Example_OfTheDocumentation_HasTheMembersItSays()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cohorts.md"), CohortEngine.Cancelled);
        var section = text[text.IndexOf("## Corner by corner", StringComparison.Ordinal)..];
        var (world, names) = Read(Definitions.Json(Block().Match(section).Groups[1].Value));
        var project = await engine.AddAsync(world);
        var oracle = new Oracle(world, new Dictionary<int, JsonElement>());
        var examples = Example().Matches(section);
        examples.Count.ShouldBeGreaterThan(30);

        foreach (Match example in examples)
        {
            var definition = example.Groups[1].Value;
            var members = example.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => names.IndexOf(n));

            (await project.MembersAsync(definition)).ShouldBe(members, definition);
            oracle.Members(Definitions.Json(definition)).ShouldBe(members, definition);
        }
    }

    private static (World World, List<string> Names) Read(JsonElement told)
    {
        var profiles = told.GetProperty("profiles");
        var events = told.GetProperty("events").EnumerateArray().ToList();
        var names = profiles.EnumerateObject().Select(p => p.Name).Concat(events.Select(e => e[0].GetString()!)).Distinct().Order(StringComparer.Ordinal).ToList();
        return (new World(
            DateTimeOffset.Parse(told.GetProperty("now").GetString()!, CultureInfo.InvariantCulture),
            told.GetProperty("timezone").GetString()!,
            [.. names.Select((n, i) => new Person(i, i, n, profiles.TryGetProperty(n, out var profile) ? profile.GetRawText() : null))],
            [.. events.Select(e => new Happening(names.IndexOf(e[0].GetString()!), e[1].GetString()!, e[2].GetDateTimeOffset().UtcDateTime, e[3].GetRawText()))]), names);
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    // The definition and the members of a row.
    [GeneratedRegex(@"^\| `(\{.*?\})` \|([a-z, ]*)\|", RegexOptions.Multiline)]
    private static partial Regex Example();
}

public sealed class DuckDbDocumentedExamplesTests(DuckDbEngine engine) : DocumentedExamplesSuite(engine);

public sealed class ClickHouseDocumentedExamplesTests(ClickHouseEngine engine) : DocumentedExamplesSuite(engine);
