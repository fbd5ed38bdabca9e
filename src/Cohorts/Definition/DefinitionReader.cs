using System.Globalization;
using System.Text.Json;
using Muster.Control.Api;

namespace Muster.Cohorts.Definition;

/// <summary>Reads a definition from JSON and finds everything that is wrong with it, each with its JSON Pointer.</summary>
/// <remarks>
/// Whether the cohorts it refers to exist, and refer back, is for <see cref="Compilation.CohortGraph"/> to say.
/// </remarks>
internal sealed partial class DefinitionReader
{
    /// <summary>How many conditions, counted by their leaves, a definition may have.</summary>
    public const int MaxConditions = 50;

    /// <summary>How many of <c>all</c>, <c>any</c>, <c>not</c> may stand around a condition.</summary>
    public const int MaxDepth = 10;

    private static readonly string[] Kinds = ["all", "any", "not", "cohort", "profile", "event", "sequence"];

    private readonly List<Fault> _faults = [];
    private readonly List<CohortReference> _references = [];
    private int _leaves;

    private DefinitionReader()
    {
    }

    /// <summary>Reads a definition; <paramref name="path"/> is where it stands in the request.</summary>
    public static ReadDefinition Read(JsonElement definition, string path = "/definition")
    {
        var reader = new DefinitionReader();
        Condition? condition = null;
        try
        {
            condition = reader.Condition(definition, path, 0);
        }
        catch (InvalidOperationException)
        {
            // Thrown for texts and keys that escape half of a surrogate pair: they stand for no text at all.
            reader.Fault(path, "has a text with half of a surrogate pair (\\ud800 to \\udfff)");
        }

        if (reader._leaves > MaxConditions)
        {
            reader.Fault(path, string.Create(CultureInfo.InvariantCulture, $"has {reader._leaves} conditions; at most {MaxConditions}"));
        }

        return new ReadDefinition(reader._faults.Count == 0 ? condition : null, reader._references, reader._faults);
    }

    private Condition? Condition(JsonElement json, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            return Fault(path, string.Create(CultureInfo.InvariantCulture, $"is deeper than {MaxDepth}: all, any and not around a condition count"));
        }

        if (!IsObject(json, path, "a condition"))
        {
            return null;
        }

        var kind = json.EnumerateObject().Select(p => p.Name).FirstOrDefault(Kinds.Contains);
        if (kind is null)
        {
            RejectUnknown(json, path, Kinds);
            return Fault(path, "is no condition: it needs one of all, any, not, cohort, profile, event, sequence");
        }

        _leaves += kind is "all" or "any" or "not" ? 0 : 1;
        var value = json.GetProperty(kind);
        var valuePath = At(path, kind);
        switch (kind)
        {
            case "all":
            case "any":
                RejectUnknown(json, path, [kind]);
                return List(value, valuePath, "conditions", (c, p) => Condition(c, p, depth + 1)) is not { } of ? null
                    : kind == "all" ? new Condition.All(of) : new Condition.Any(of);
            case "not":
                RejectUnknown(json, path, [kind]);
                return Condition(value, valuePath, depth + 1) is { } inner ? new Condition.Not(inner) : null;
            case "cohort":
                RejectUnknown(json, path, [kind]);
                return Cohort(value, valuePath);
            case "profile":
                return PropertyTest(json, path, "profile") is { } test ? new Condition.Profile(test) : null;
            case "event":
                return Behavior(json, path);
            default:
                return Sequence(json, path);
        }
    }

    private Condition.InCohort? Cohort(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Number || !json.TryGetInt32(out var id))
        {
            Fault(path, "must be the number of a cohort");
            return null;
        }

        _references.Add(new CohortReference(id, path));
        return new Condition.InCohort(id);
    }

    private Condition.Behavior? Behavior(JsonElement json, string path)
    {
        var measures = Measures.Where(m => json.TryGetProperty(m, out _)).ToList();
        RejectUnknown(json, path, ["event", "where", "window", .. Measures]);
        var filter = EventFilter(json, path);
        var window = Window(json, path);
        var measure = measures.Count == 0 ? Definition.Measure.AtLeastOnce : Measure(json, path);
        return filter is null || measure is null ? null : new Condition.Behavior(filter, window, measure);
    }

    private Condition.Sequence? Sequence(JsonElement json, string path)
    {
        RejectUnknown(json, path, ["sequence", "within", "window"]);
        var steps = List(json.GetProperty("sequence"), At(path, "sequence"), "steps", (step, stepPath) =>
        {
            if (!IsObject(step, stepPath, "a step"))
            {
                return null;
            }

            RejectUnknown(step, stepPath, ["event", "where"]);
            return EventFilter(step, stepPath);
        });
        var within = json.TryGetProperty("within", out var span) ? Span(span, At(path, "within")) : null;
        var window = Window(json, path);
        return steps is null ? null : new Condition.Sequence(steps, within, window);
    }

    private EventFilter? EventFilter(JsonElement json, string path)
    {
        var name = Text(json, path, "event");
        IReadOnlyList<PropertyTest>? where = [];
        if (json.TryGetProperty("where", out var tests))
        {
            where = List(tests, At(path, "where"), "tests", (test, testPath) =>
                IsObject(test, testPath, "a test of a property") ? PropertyTest(test, testPath, "property") : null, mayBeEmpty: true);
        }

        return name is null || where is null ? null : new EventFilter(name, where);
    }
}
