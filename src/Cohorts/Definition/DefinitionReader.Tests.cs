using System.Text.Json;

namespace Muster.Cohorts.Definition;

/// <content>Tests of properties, and the measures of events.</content>
internal sealed partial class DefinitionReader
{
    private static readonly string[] Tests =
    [
        "is", "isNot", "contains", "notContains", "isSet", "gt", "gte", "lt", "lte", "between",
        "before", "after", "inTheLast", "notInTheLast", "isTrue",
    ];

    private static readonly string[] Measures = ["count", "distinctDays", "firstTime", "sum", "avg", "min", "max", "distinct"];

    private static readonly string[] Comparisons = ["gte", "gt", "lte", "lt", "eq", "between"];

    private PropertyTest? PropertyTest(JsonElement json, string path, string nameKey)
    {
        RejectUnknown(json, path, [nameKey, .. Tests]);
        var name = Text(json, path, nameKey);
        var key = One(json, path, Tests, "test");
        var test = key is null ? null : Test(key, json.GetProperty(key), At(path, key));
        return name is null || test is null ? null : new PropertyTest(name, test);
    }

    private Test? Test(string key, JsonElement json, string path)
    {
        switch (key)
        {
            case "is":
            case "isNot":
                return List(json, path, "values", Literal) is { } values ? Negate(key == "isNot", new Test.Is(values)) : null;
            case "contains":
            case "notContains":
                return Text(json, path) is { } part ? Negate(key == "notContains", new Test.Contains(part)) : null;
            case "isSet":
                return Boolean(json, path) is { } set ? Negate(!set, new Test.IsSet()) : null;
            case "isTrue":
                return Boolean(json, path) is { } truth ? new Test.IsTrue(truth) : null;
            case "before":
                return Day(json, path) is { } before ? new Test.Before(before) : null;
            case "after":
                return Day(json, path) is { } after ? new Test.After(after) : null;
            case "inTheLast":
            case "notInTheLast":
                return Span(json, path) is { } span ? Negate(key == "notInTheLast", new Test.InTheLast(span)) : null;
            default:
                return Comparison(key, json, path) is { } comparison ? new Test.Compares(comparison) : null;
        }
    }

    private static Test Negate(bool negate, Test test) => negate ? new Test.Not(test) : test;

    private Literal? Literal(JsonElement json, string path)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return new Literal.Text(json.GetString()!);
            case JsonValueKind.Number:
                return new Literal.Number(json.GetDouble());
            case JsonValueKind.True:
            case JsonValueKind.False:
                return new Literal.Boolean(json.GetBoolean());
            default:
                Fault(path, "must be a text, a number, true or false");
                return null;
        }
    }

    private Measure? Measure(JsonElement json, string path)
    {
        var key = One(json, path, Measures, "measure")!;
        var value = json.GetProperty(key);
        var valuePath = At(path, key);
        switch (key)
        {
            case "firstTime":
                if (value.ValueKind != JsonValueKind.True)
                {
                    Fault(valuePath, "must be true; leave it out otherwise");
                }

                return new Measure.FirstTime();
            case "count":
            case "distinctDays":
                return ComparisonObject(value, valuePath, []) is not { } comparison ? null
                    : key == "count" ? new Measure.Count(comparison) : new Measure.DistinctDays(comparison);
            default:
                var compared = ComparisonObject(value, valuePath, ["of"]);
                var property = value.ValueKind == JsonValueKind.Object ? Text(value, valuePath, "of") : null;
                return compared is null || property is null ? null
                    : key == "distinct" ? new Measure.Distinct(property, compared)
                    : new Measure.Figure(Figure(key), property, compared);
        }
    }

    private static FigureKind Figure(string key) => key switch
    {
        "sum" => FigureKind.Sum,
        "avg" => FigureKind.Average,
        "min" => FigureKind.Least,
        _ => FigureKind.Greatest,
    };

    private Comparison? ComparisonObject(JsonElement json, string path, string[] besides)
    {
        if (!IsObject(json, path, "a comparison as {\"gte\":1}"))
        {
            return null;
        }

        RejectUnknown(json, path, [.. besides, .. Comparisons]);
        var key = One(json, path, Comparisons, "comparison");
        return key is null ? null : Comparison(key, json.GetProperty(key), At(path, key));
    }

    private Comparison? Comparison(string key, JsonElement json, string path)
    {
        if (key == "between")
        {
            return Between(json, path);
        }

        var relation = key switch
        {
            "gte" => Relation.AtLeast,
            "gt" => Relation.MoreThan,
            "lte" => Relation.AtMost,
            "lt" => Relation.LessThan,
            _ => Relation.Equal,
        };
        return Number(json, path) is { } number ? new Comparison.Bound(relation, number) : null;
    }

    private Comparison.Between? Between(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2)
        {
            Fault(path, "must be a list of two numbers, as [1, 5]");
            return null;
        }

        var (low, high) = (Number(json[0], At(path, "0")), Number(json[1], At(path, "1")));
        if (low > high)
        {
            Fault(path, "is upside down: the first number must not be greater than the second");
        }

        return low is null || high is null ? null : new Comparison.Between(low.Value, high.Value);
    }
}
