using System.Text;

namespace Muster.Cohorts.Compilation;

/// <summary>DuckDB's named parameters, as <c>$c0</c>.</summary>
internal sealed class DuckDbParameters : SqlParameters
{
    public override string Add(long number) => Named(number);

    // Cast, because a parameter takes the type of what it is compared with: beside count(*) 0.5 would become a whole number.
    public override string Add(double number) => $"CAST({Named(number)} AS DOUBLE)";

    public override string Add(DateOnly day) => $"CAST({Named(day)} AS DATE)";

    public override string Add(DateTime utc) => $"CAST({Named(DateTime.SpecifyKind(utc, DateTimeKind.Unspecified))} AS TIMESTAMP)";

    public override string Add(string text) => text.Contains('\0', StringComparison.Ordinal)
        // The driver ends a text at its first U+0000; as bytes it arrives whole.
        ? $"decode({Named(Encoding.UTF8.GetBytes(text))})"
        : Named(text);

    // Twenty thousand parameters of their own would take ten seconds.
    public override string AddSet(IEnumerable<string> texts) => $"(SELECT unnest(CAST({Named(texts.ToList())} AS VARCHAR[])))";

    public override string AddSet(IEnumerable<double> numbers) => $"(SELECT unnest(CAST({Named(numbers.ToList())} AS DOUBLE[])))";

    private string Named(object value) => $"${Keep(value)}";
}
