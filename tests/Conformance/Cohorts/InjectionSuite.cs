using System.Text.Json;
using CsCheck;
using Muster.Cohorts.Compilation;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>Whatever names and texts hold, they stay values: of events, properties, what is compared with, and uploaded ids.</summary>
public abstract class InjectionSuite(CohortEngine engine)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    // What means something in SQL, in the notations of parameters, in JSON, in pointers and in escapes.
    private static readonly string[] Fragments =
    [
        "'", "''", "\"", "`", "\\", "\\'", "\\\\", "\\N", "\\x27", "\0", "\n", "\r\n", "\t", "\b", "\u007f", "\u2028", "\u02bc", "\u2019", "\U0001F600",
        ";", "--", "/*", "*/", "#", "$", "$$", "$c0", "{c0:String}", "{", "}", "?", ":x", "@p", "%s", "%27", "(", ")", "[", "]", "$[*]", ".", "/", "~", "~1", "~0",
        " OR 1=1 ", " UNION SELECT ", "DROP TABLE event", "null", "true", "0", "a", " ", ",",
    ];

    [Theory]
    [InlineData("'; DROP TABLE event; --")]
    [InlineData("\\'; DROP TABLE event; --")]
    [InlineData("') OR 1=1 OR ('' = '")]
    [InlineData("'quoted'")]
    [InlineData("$c0 $1 ? :x {0} %s @p")]
    [InlineData("{c0:String} {c1:Identifier}")]
    [InlineData("$tag$ text $tag$")]
    [InlineData("\\N")]
    [InlineData("a/b~c\\e\"f'g`h")]
    [InlineData("\U0001F600 \u0000 \u0001 \u007f \u2028 \r\n\t\b\f")]
    [InlineData("~1 ~0 /0 $[*] *")]
    [InlineData("/* -- # */")]
    [InlineData("null")]
    [InlineData("")]
    public async Task Print_HostileNamesAndTexts_StayValues(string text)
    {
        var project = await WorldOfAsync(text);

        var hostile = project.Print(Definition(text));

        // The same statement as of a harmless text that is compared in the same way.
        var escaped = text.Contains('\0', StringComparison.Ordinal) ? "\0" : text.Any(c => c is '"' or '\\' or < ' ' or '\u007f') ? "\"" : "";
        hostile.Sql.ShouldBe(project.Print(Definition("harmless" + escaped)).Sql);
        (await project.MembersAsync(hostile)).ShouldBe([1]);
        (await project.MembersAsync($$"""{"not":{{Definition(text)}}}""")).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Print_RandomHostileTexts_FindThemselvesAlone() =>
        await Gen.Int[0, Fragments.Length - 1].Select(i => Fragments[i]).Array[1, 6].Select(string.Concat).SampleAsync(
            async text =>
            {
                var project = await WorldOfAsync(text);
                (await project.MembersAsync(Definition(text))).ShouldBe([1], text);
            },
            iter: 100,
            threads: 1);

    [Fact]
    public async Task Print_HostileTextAmongThousands_StaysAValue()
    {
        var text = "'; DROP TABLE event; -- \\ \" {c0:String} \0";
        var project = await WorldOfAsync(text);
        var values = JsonSerializer.Serialize(Enumerable.Range(0, 500).Select(i => $"'{i}\\").Append(text));

        (await project.MembersAsync($$"""{"profile":{{JsonSerializer.Serialize(text)}},"is":{{values}}}""")).ShouldBe([1]);
    }

    [Fact]
    public async Task Print_HostileUploadedIds_AreIds()
    {
        string[] hostile = ["'; DROP TABLE cohort_upload; --", "\\", "{c0:String}", "it's"];
        var project = await engine.AddAsync(new World(Now, "UTC", [.. hostile.Select((id, i) => new Person(i + 1, i + 1, id, null)), new Person(9, 9, "other", null)], []));
        var cohort = project.Offset;
        await engine.UploadAsync(cohort, hostile);

        (await project.MembersAsync(project.Print(new MemberSource.Uploaded(cohort), []))).ShouldBe([1, 2, 3, 4]);
    }

    /// <summary>A person with the text in every place, one without, and one without a profile.</summary>
    private async Task<Project> WorldOfAsync(string text)
    {
        var has = JsonSerializer.Serialize(new Dictionary<string, object> { [text] = text });
        return await engine.AddAsync(new World(
            Now,
            "UTC",
            [new Person(1, 1, "has it", has), new Person(2, 2, "has another", "{\"x\":1}"), new Person(3, 3, "has no profile", null)],
            [new Happening(1, Name(text), Now.UtcDateTime, has), new Happening(2, Name(text), Now.UtcDateTime, "{}"), new Happening(3, "other", Now.UtcDateTime, has)]));
    }

    // The appender of these tests would cut a name at U+0000; in JSON it is escaped.
    private static string Name(string text) => text.Replace("\0", "", StringComparison.Ordinal) + "!";

    private static string Definition(string text)
    {
        var (quoted, name) = (JsonSerializer.Serialize(text), JsonSerializer.Serialize(Name(text)));
        return $$$"""
            {"all":[{"profile":{{{quoted}}},"is":[{{{quoted}}}]},{"profile":{{{quoted}}},"contains":{{{quoted}}}},
                    {"event":{{{name}}},"where":[{"property":{{{quoted}}},"is":[{{{quoted}}}]}],"distinct":{"of":{{{quoted}}},"eq":1}},
                    {"sequence":[{"event":{{{name}}},"where":[{"property":{{{quoted}}},"contains":{{{quoted}}}}]}]}]}
            """;
    }
}

public sealed class DuckDbInjectionTests(DuckDbEngine engine) : InjectionSuite(engine);

public sealed class ClickHouseInjectionTests(ClickHouseEngine engine) : InjectionSuite(engine);
