using Muster.Control.Api;

namespace Muster.Cohorts.Definition;

/// <summary>A definition as it was read.</summary>
/// <param name="Condition">The tree; null when there are faults.</param>
/// <param name="References">The cohorts it refers to, with where.</param>
/// <param name="Faults">Everything that is wrong.</param>
internal sealed record ReadDefinition(Condition? Condition, IReadOnlyList<CohortReference> References, IReadOnlyList<Fault> Faults);

/// <summary>A reference to another cohort.</summary>
/// <param name="CohortId">The cohort referred to.</param>
/// <param name="Path">JSON Pointer of the reference.</param>
internal sealed record CohortReference(int CohortId, string Path);
