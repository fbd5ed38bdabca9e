using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Definition;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Cohorts.Compilation;

/// <summary>The cohorts of a project and how they refer to each other.</summary>
internal sealed class CohortGraph
{
    private readonly int _projectId;
    private readonly Dictionary<int, string?> _definitions;
    private readonly Dictionary<int, ReadDefinition> _read = [];

    private CohortGraph(int projectId, Dictionary<int, string?> definitions)
    {
        _projectId = projectId;
        _definitions = definitions;
    }

    /// <summary>Reads the definitions of a project's cohorts.</summary>
    public static async Task<CohortGraph> LoadAsync(ControlDb db, int projectId, CancellationToken cancellationToken) => new(
        projectId,
        await db.Cohorts.Where(c => c.ProjectId == projectId).ToDictionaryAsync(c => c.Id, c => c.Definition, cancellationToken));

    /// <summary>What is wrong with the references of a definition, given to a cohort; <paramref name="self"/> is null for a new one.</summary>
    public IEnumerable<Fault> Check(ReadDefinition definition, int? self)
    {
        foreach (var reference in definition.References)
        {
            if (!_definitions.ContainsKey(reference.CohortId))
            {
                yield return new Fault(reference.Path, string.Create(CultureInfo.InvariantCulture, $"there is no cohort {reference.CohortId} in this project"));
            }
            else if (self is { } id && PathTo(id, reference.CohortId, []) is { } path)
            {
                yield return new Fault(reference.Path, $"makes a cycle: {string.Join(" refers to ", path.Prepend(id))}");
            }
        }
    }

    /// <summary>The cohorts whose definitions refer to this one.</summary>
    public IReadOnlyList<int> ReferrersOf(int cohortId) =>
        [.. _definitions.Keys.Where(id => References(id).Contains(cohortId)).Order()];

    /// <summary>The plan of a saved cohort.</summary>
    /// <exception cref="CohortException">It, or one that it refers to, is gone or cannot be read, or they refer to each other in a circle.</exception>
    public CohortPlan Plan(int cohortId)
    {
        var references = new List<ReferencedCohort>();
        Visit(cohortId, references, []);
        return new CohortPlan(_projectId, references[^1].Source, references[..^1]);
    }

    /// <summary>The plan of a definition that is not saved.</summary>
    /// <exception cref="CohortException">As above, of those that it refers to.</exception>
    public CohortPlan Plan(ReadDefinition definition)
    {
        var references = new List<ReferencedCohort>();
        foreach (var reference in definition.References)
        {
            Visit(reference.CohortId, references, []);
        }

        return new CohortPlan(_projectId, new MemberSource.Defined(definition.Condition!), references);
    }

    private void Visit(int cohortId, List<ReferencedCohort> done, List<int> open)
    {
        if (done.Any(r => r.Id == cohortId))
        {
            return;
        }

        if (!_definitions.TryGetValue(cohortId, out var definition))
        {
            throw new CohortException(Text($"Cohort {cohortId} is gone. Change the definitions that refer to it."));
        }

        if (open.Contains(cohortId))
        {
            throw new CohortException(Text($"Cohort {cohortId} refers to itself through others. Change one of their definitions."));
        }

        foreach (var reference in References(cohortId))
        {
            Visit(reference, done, [.. open, cohortId]);
        }

        MemberSource source = definition is null ? new MemberSource.Uploaded(cohortId) : new MemberSource.Defined(Read(cohortId, definition).Condition
            ?? throw new CohortException(Text($"The definition of cohort {cohortId} cannot be read. Save it again.")));
        done.Add(new ReferencedCohort(cohortId, source));
    }

    private List<int>? PathTo(int target, int from, HashSet<int> seen)
    {
        if (from == target)
        {
            return [from];
        }

        return !seen.Add(from) ? null : References(from)
            .Select(next => PathTo(target, next, seen)).FirstOrDefault(p => p is not null)?.Prepend(from).ToList();
    }

    private IEnumerable<int> References(int cohortId) =>
        _definitions.GetValueOrDefault(cohortId) is { } definition ? Read(cohortId, definition).References.Select(r => r.CohortId) : [];

    private ReadDefinition Read(int cohortId, string definition)
    {
        if (!_read.TryGetValue(cohortId, out var read))
        {
            using var json = JsonDocument.Parse(definition);
            _read[cohortId] = read = DefinitionReader.Read(json.RootElement);
        }

        return read;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
