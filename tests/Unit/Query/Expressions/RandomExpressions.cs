using CsCheck;
using Muster.Query.Expressions;

namespace Muster.Tests.Unit.Query.Expressions;

/// <summary>Random expressions and the objects they are asked about.</summary>
internal static class RandomExpressions
{
    private static readonly string[] Names = ["a", "b", "$c", "d.e", "f/g~\"'", "missing"];

    private static readonly string[] Texts =
        ["", "a", "ab", "b", "5", "-2.5", "true", "2026-11-01", "2026-11-01T12:30:00", "2026-11-01 12:30", "2026-13-01", "2026-11-01T12:30:00+02:00", "quote\"", "back\\slash", "'); DROP TABLE profile; --", "line\nbreak", "é"];

    private static readonly double[] Numbers = [0, 1, -1, 2, 5, 0.5, -2.5, 3.75, 100, 1793536200, 1793536200000];

    private static readonly string[] Jsons =
    [
        "null", "true", "false", "0", "1", "-1", "5", "2.5", "-2.5", "1793536200", "\"\"", "\"a\"", "\"ab\"", "\"5\"", "\"true\"", "\"2026-11-01\"",
        "\"2026-11-01T12:30:00\"", "\"quote\\\"\"", "\"back\\\\slash\"", "\"\\u0061\"", "[]", "[\"a\",\"b\"]", "[1,2,\"5\",null]", "[true,2.5]", "{\"a\":1}", "[[\"a\"],[1]]",
    ];

    /// <summary>The properties of a profile, as JSON text.</summary>
    public static Gen<string> Properties { get; } = Pick(Jsons).Array[Names.Length - 1].Select(values =>
        "{" + string.Join(",", values.Zip(Names, (value, name) => $"{System.Text.Json.JsonSerializer.Serialize(name)}:{value}")) + "}");

    /// <summary>An expression.</summary>
    public static Gen<Expression> Expression { get; } = Of(4, 0);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<Expression> Of(int size, int elements)
    {
        var leaf = Gen.OneOf(
            Pick(Names).Select(Expression (n) => new Expression.Property(Owner.Subject, n, 0)),
            Pick(Names).Select(Expression (n) => new Expression.Property(Owner.Subject, n, 0)),
            Pick(Numbers).Select(Expression (n) => new Expression.Number(n)),
            Pick(Texts).Select(Expression (t) => new Expression.Text(t)),
            Gen.Bool.Select(Expression (b) => new Expression.Boolean(b)));
        if (elements > 0)
        {
            leaf = Gen.OneOf(leaf, Gen.Int[0, elements - 1].Select(Expression (d) => new Expression.Element(d)));
        }

        if (size == 0)
        {
            return leaf;
        }

        var part = Of(size - 1, elements);
        var pair = Gen.Select(part, part);
        return Gen.OneOf(
            leaf,
            part.Select(Expression (e) => new Expression.Not(e)),
            Gen.Select(Gen.Bool, part, part).Select(Expression (t) => new Expression.Logic(t.Item1, t.Item2, t.Item3)),
            Gen.Select(Gen.Bool, part, part).Select(Expression (t) => new Expression.Equality(t.Item1, t.Item2, t.Item3)),
            Gen.Select(Gen.Enum<Relation>(), part, part).Select(Expression (t) => new Expression.Comparison(t.Item1, t.Item2, t.Item3)),
            Gen.Select(Gen.Enum<Operation>(), part, part).Select(Expression (t) => new Expression.Arithmetic(t.Item1, t.Item2, t.Item3)),
            pair.Select(Expression (t) => new Expression.In(t.Item1, t.Item2)),
            Gen.Select(part, leaf.List[0, 3]).Select(Expression (t) => new Expression.In(t.Item1, new Expression.List(t.Item2))),
            Gen.Select(Gen.Enum<Function>(), part).Select(Expression (t) => new Expression.Call(t.Item1, t.Item2)),
            Gen.Select(part, Of(size - 1, elements + 1)).Select(Expression (t) => new Expression.Any(elements, t.Item1, t.Item2)),
            Gen.Select(leaf.List[0, 3], Of(size - 1, elements + 1)).Select(Expression (t) => new Expression.Any(elements, new Expression.List(t.Item1), t.Item2)));
    }
}
