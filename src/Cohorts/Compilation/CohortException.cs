namespace Muster.Cohorts.Compilation;

/// <summary>A cohort that cannot be evaluated as its definitions stand. Trying again does not help; the message says what to change.</summary>
public sealed class CohortException(string message) : Exception(message);
