using System.Globalization;

namespace Muster.Query.Expressions;

/// <summary>Prints expressions as DuckDB SQL.</summary>
/// <remarks>
/// Types are static as far as the text gives them. The value of a property is JSON, and each use of it asks for what it
/// needs: a number, a text, a boolean. What is something else is NULL there, which is undefined.
/// </remarks>
internal sealed class DuckDbExpressions(IPropertySource properties, SqlParameters parameters)
{
    // Some casts repeat what is cast; nested, that grows without end.
    private const int MaxSql = 100_000;

    private int _lambdas;

    /// <summary>A condition that is true where the expression is; never NULL.</summary>
    /// <exception cref="ExpressionException">It asks for what is not there.</exception>
    public string Condition(Expression expression) => Print(expression, []).Truth;

    private Printed Print(Expression expression, IReadOnlyList<string> elements)
    {
        var printed = expression switch
        {
            Expression.Property property => properties.Of(property),
            Expression.Element(var depth) => new Printed(SqlType.Json, $"nullif({elements[depth]}, 'null')"),
            Expression.Number(var value) => new Printed(SqlType.Number, parameters.Add(value)),
            Expression.Text(var value) => new Printed(SqlType.Text, parameters.Add(value)),
            Expression.Boolean(var value) => new Printed(SqlType.Truth, value ? "true" : "false"),
            Expression.List(var items) => List(items, elements),
            Expression.Not(var of) => new Printed(SqlType.Truth, $"(NOT {Print(of, elements).Truth})"),
            Expression.Logic(var and, var left, var right) =>
                new Printed(SqlType.Truth, $"({Print(left, elements).Truth} {(and ? "AND" : "OR")} {Print(right, elements).Truth})"),
            Expression.Equality(var negated, var left, var right) =>
                new Printed(SqlType.Truth, $"{(negated ? "(NOT " : "(")}{Equal(Print(left, elements), Print(right, elements))})"),
            Expression.Comparison(var relation, var left, var right) => Compare(relation, Print(left, elements), Print(right, elements)),
            Expression.Arithmetic(var operation, var left, var right) => Calculate(operation, Print(left, elements).Number, Print(right, elements).Number),
            Expression.In(var left, var right) => In(left, right, elements),
            Expression.Call(var function, var argument) => Call(function, Print(argument, elements)),
            Expression.Any(_, var of, var condition) => Any(Print(of, elements), condition, elements),
            _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "not an expression"),
        };
        return printed.Sql.Length <= MaxSql
            ? printed
            : throw new ExpressionException("the expression is too large: nest fewer functions", 0);
    }

    private Printed List(IReadOnlyList<Expression> items, IReadOnlyList<string> elements) => new(
        SqlType.List, items.Count == 0 ? "CAST([] AS VARCHAR[])" : $"[{string.Join(", ", items.Select(i => Print(i, elements).Json))}]");

    private static string Equal(Printed left, Printed right)
    {
        if (left.Type is SqlType.Moment || right.Type is SqlType.Moment)
        {
            return $"coalesce({left.Moment} = {right.Moment}, false)";
        }

        if (left.Type is not SqlType.Json && right.Type is not SqlType.Json)
        {
            return left.Type == right.Type || (IsBoolean(left.Type) && IsBoolean(right.Type)) ? $"coalesce({left.Sql} = {right.Sql}, false)" : "false";
        }

        return (left.Type is SqlType.Json ? right.Type : left.Type) switch
        {
            SqlType.Number => $"coalesce({left.Number} = {right.Number}, false)",
            SqlType.Text => $"coalesce({left.Text} = {right.Text}, false)",
            SqlType.Boolean or SqlType.Truth => $"coalesce({left.Boolean} = {right.Boolean}, false)",
            SqlType.List => $"coalesce({left.Elements} = {right.Elements}, false)",
            // Numbers and texts may be written in several ways; booleans, lists and objects are compared as they are written.
            _ => $"coalesce({left.Number} = {right.Number}, {left.Text} = {right.Text}, {left.Sql} = {right.Sql}, false)",
        };
    }

    private static Printed Compare(Relation relation, Printed left, Printed right)
    {
        var sign = relation switch
        {
            Relation.Less => "<",
            Relation.AtMost => "<=",
            Relation.More => ">",
            _ => ">=",
        };
        if (left.Type is SqlType.Moment || right.Type is SqlType.Moment)
        {
            return new Printed(SqlType.Boolean, $"({left.Moment} {sign} {right.Moment})");
        }

        return new Printed(SqlType.Boolean, (left.Type, right.Type) switch
        {
            (SqlType.Number, _) or (_, SqlType.Number) => $"({left.Number} {sign} {right.Number})",
            (SqlType.Text, _) or (_, SqlType.Text) => $"({left.Text} {sign} {right.Text})",
            (SqlType.Json, SqlType.Json) => $"coalesce({left.Number} {sign} {right.Number}, {left.Text} {sign} {right.Text})",
            _ => "CAST(NULL AS BOOLEAN)",
        });
    }

    private static Printed Calculate(Operation operation, string left, string right) => new(SqlType.Number, operation switch
    {
        Operation.Add => $"({left} + {right})",
        Operation.Subtract => $"({left} - {right})",
        Operation.Multiply => $"({left} * {right})",
        Operation.Divide => $"({left} / nullif({right}, 0e0))",
        _ => $"({left} % nullif({right}, 0e0))",
    });

    private Printed In(Expression left, Expression right, IReadOnlyList<string> elements)
    {
        var value = Print(left, elements);
        if (right is Expression.List(var items))
        {
            var either = items.Select(i => Equal(value, Print(i, elements))).ToList();
            return new Printed(SqlType.Truth, either.Count == 0 ? "false" : $"({string.Join(" OR ", either)})");
        }

        var whole = Print(right, elements);
        var x = Lambda();
        var among = $"len(list_filter({whole.Elements}, lambda {x}: {Equal(value, new Printed(SqlType.Json, $"nullif({x}, 'null')"))})) > 0";
        return new Printed(SqlType.Truth, $"coalesce(contains({whole.Text}, {value.Text}), {among}, false)");
    }

    private static Printed Call(Function function, Printed argument) => function switch
    {
        Function.Floor => new Printed(SqlType.Number, $"floor({argument.Number})"),
        Function.Round => new Printed(SqlType.Number, $"round({argument.Number})"),
        Function.Ceil => new Printed(SqlType.Number, $"ceil({argument.Number})"),
        Function.ToBoolean => new Printed(SqlType.Boolean, $"({argument.AsBoolean})"),
        Function.ToNumber => new Printed(SqlType.Number, $"({argument.AsNumber})"),
        Function.ToText => new Printed(SqlType.Text, $"({argument.AsText})"),
        Function.Defined => new Printed(SqlType.Truth, $"({argument.Sql} IS NOT NULL)"),
        Function.Moment => new Printed(SqlType.Moment, $"({argument.Moment})"),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "not a function"),
    };

    private Printed Any(Printed of, Expression condition, IReadOnlyList<string> elements)
    {
        var x = Lambda();
        return new Printed(SqlType.Truth,
            $"coalesce(len(list_filter({of.Elements}, lambda {x}: {Print(condition, [.. elements, x]).Truth})) > 0, false)");
    }

    private string Lambda() => string.Create(CultureInfo.InvariantCulture, $"x{_lambdas++}");

    private static bool IsBoolean(SqlType type) => type is SqlType.Boolean or SqlType.Truth;
}
