using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Muster.Query.Expressions;

namespace Muster.Tests.Unit.Query.Expressions;

/// <summary>Evaluates expressions in memory, as plainly as it can be said. Undefined is null; a value is a double, string, bool, DateTime, list or <see cref="Other"/>.</summary>
internal sealed partial class Oracle(JsonElement properties)
{
    public static bool Holds(Expression expression, JsonElement properties) => new Oracle(properties).Value(expression, []) is true;

    /// <summary>A JSON object, of which only its text counts.</summary>
    private sealed record Other(string Text);

    private object? Value(Expression expression, object?[] elements) => expression switch
    {
        Expression.Property(_, var name, _) => properties.TryGetProperty(name, out var value) ? Of(value) : null,
        Expression.Element(var depth) => elements[depth],
        Expression.Number(var value) => value,
        Expression.Text(var value) => value,
        Expression.Boolean(var value) => value,
        Expression.List(var items) => items.Select(i => Value(i, elements)).ToList(),
        Expression.Not(var of) => Value(of, elements) is not true,
        Expression.Logic(true, var left, var right) => Value(left, elements) is true && Value(right, elements) is true,
        Expression.Logic(false, var left, var right) => Value(left, elements) is true || Value(right, elements) is true,
        Expression.Equality(var negated, var left, var right) => Same(left, right, elements) != negated,
        Expression.Comparison(var relation, var left, var right) => Order(left, right, elements) is { } order
            ? relation switch { Relation.Less => order < 0, Relation.AtMost => order <= 0, Relation.More => order > 0, _ => order >= 0 }
            : null,
        Expression.Arithmetic(var operation, var left, var right) => Calculate(operation, Value(left, elements) as double?, Value(right, elements) as double?),
        Expression.In(var left, var right) => Value(right, elements) switch
        {
            string whole => Value(left, elements) is string part && whole.Contains(part, StringComparison.Ordinal),
            List<object?> list => list.Any(item => Equal(Value(left, elements), item)),
            _ => false,
        },
        Expression.Call(var function, var argument) => Call(function, Value(argument, elements)),
        Expression.Any(_, var of, var condition) => Value(of, elements) is List<object?> list && list.Any(item => Value(condition, [.. elements, item]) is true),
        _ => throw new ArgumentOutOfRangeException(nameof(expression)),
    };

    private static object? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => new Other(value.GetRawText()),
        _ => null,
    };

    private bool Same(Expression left, Expression right, object?[] elements)
    {
        var (a, b) = Pair(left, right, elements);
        return Equal(a, b);
    }

    private static bool Equal(object? a, object? b) => (a, b) switch
    {
        (null, _) or (_, null) => false,
        (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(p => p is (null, null) || Equal(p.First, p.Second)),
        _ => a.Equals(b),
    };

    private double? Order(Expression left, Expression right, object?[] elements) => Pair(left, right, elements) switch
    {
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (DateTime a, DateTime b) => a.CompareTo(b),
        _ => null,
    };

    // Beside a moment everything is read as one.
    private (object? Left, object? Right) Pair(Expression left, Expression right, object?[] elements)
    {
        var (a, b) = (Value(left, elements), Value(right, elements));
        return IsMoment(left) || IsMoment(right) ? (Moment(a), Moment(b)) : (a, b);
    }

    private static bool IsMoment(Expression expression) => expression is Expression.Call(Function.Moment, _);

    private static double? Calculate(Operation operation, double? a, double? b) => operation switch
    {
        Operation.Add => a + b,
        Operation.Subtract => a - b,
        Operation.Multiply => a * b,
        Operation.Divide => b == 0 ? null : a / b,
        _ => b == 0 ? null : a % b,
    };

    private static object? Call(Function function, object? value) => function switch
    {
        Function.Floor => value is double n ? Math.Floor(n) : null,
        Function.Ceil => value is double n ? Math.Ceiling(n) : null,
        Function.Round => value is double n ? Math.Round(n, MidpointRounding.AwayFromZero) : null,
        Function.Defined => value is not null,
        Function.ToBoolean => value switch { bool b => b, double n => n != 0, string s => s.Length > 0, _ => null },
        Function.ToNumber => value switch
        {
            double n => n,
            bool b => b ? 1.0 : 0.0,
            string s => NumberText().IsMatch(s) ? double.Parse(s, CultureInfo.InvariantCulture) : null,
            _ => null,
        },
        Function.ToText => value switch
        {
            string s => s,
            bool b => b ? "true" : "false",
            double n => n.ToString(CultureInfo.InvariantCulture),
            DateTime m => m.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
            _ => null,
        },
        Function.Moment => Moment(value),
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    private static object? Moment(object? value) => value switch
    {
        DateTime moment => moment,
        double n => DateTime.UnixEpoch.AddMilliseconds(Math.Abs(n) < 1e11 ? n * 1000 : n),
        string s => MomentText().IsMatch(s)
            && DateTime.TryParse(s, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed) ? parsed : null,
        _ => null,
    };

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?\z")]
    private static partial Regex NumberText();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?\z")]
    private static partial Regex MomentText();
}
