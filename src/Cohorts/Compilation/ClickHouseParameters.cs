namespace Muster.Cohorts.Compilation;

/// <summary>ClickHouse's named and typed parameters, as <c>{c0:String}</c>.</summary>
internal sealed class ClickHouseParameters : SqlParameters
{
    // What a DateTime64 can hold. No event is stored from outside of it, so that an end beyond it is none.
    private static readonly DateTime First = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Last = new DateTime(2299, 12, 31, 23, 59, 59, DateTimeKind.Utc).AddMicroseconds(999_999);

    public override string Add(long number) => Typed(number, "Int64");

    public override string Add(double number) => Typed(Unsigned(number), "Float64");

    public override string Add(DateOnly day) => Typed(day, "Date32");

    public override string Add(DateTime utc) => Typed(utc < First ? First : utc > Last ? Last : utc, "DateTime64(6, 'UTC')");

    public override string Add(string text) => Typed(text, "String");

    // A list is a set to IN.
    public override string AddSet(IEnumerable<string> texts) => Typed(texts.ToList(), "Array(String)");

    public override string AddSet(IEnumerable<double> numbers) => Typed(numbers.Select(Unsigned).ToList(), "Array(Float64)");

    // IN tells -0 and 0 apart; the values that it looks for have no -0 either.
    private static double Unsigned(double number) => number + 0.0;

    private string Typed(object value, string type) => $"{{{Keep(value)}:{type}}}";
}
