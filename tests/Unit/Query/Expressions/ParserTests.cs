using Muster.Query.Expressions;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query.Expressions;

public sealed class ParserTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("   ", 3)]
    [InlineData("properties[\"a\"] ==", 18)]
    [InlineData("properties[\"a\"] = 1", 16)]
    [InlineData("properties[a]", 11)]
    [InlineData("properties[\"a\"", 14)]
    [InlineData("properties", 10)]
    [InlineData("1 2", 2)]
    [InlineData("(1", 2)]
    [InlineData("1)", 1)]
    [InlineData("\"a", 0)]
    [InlineData("\"\\x\"", 1)]
    [InlineData("foo", 0)]
    [InlineData("floor 1", 6)]
    [InlineData("floor(1, 2)", 7)]
    [InlineData("true && false", 5)]
    [InlineData("not", 3)]
    [InlineData("any(1, [1], true)", 4)]
    [InlineData("any(x, [1], true) and x == 1", 22)]
    [InlineData("1; DROP TABLE profile", 1)]
    [InlineData("1e999 > 2", 0)]
    [InlineData("[1, 2", 5)]
    public void Parse_Wrong_SaysWhere(string source, int position)
    {
        var wrong = Should.Throw<ExpressionException>(() => Parser.Parse(source));

        wrong.Position.ShouldBe(position, wrong.Message);
    }

    [Theory]
    [InlineData("1 + 2 * 3 == 7 and not false or false", "(1 + (2 * 3) == 7 and not false) or false")]
    [InlineData("not 1 == 2", "not (1 == 2)")]
    [InlineData("10 - 4 - 3 == 3", "((10 - 4) - 3) == 3")]
    [InlineData("true or false and false", "true or (false and false)")]
    [InlineData("\"a\" in \"abc\" and true", "(\"a\" in \"abc\") and true")]
    [InlineData("- 2 * 3 == -6", "((-2) * 3) == (-6)")]
    [InlineData("properties['a'] == \"\\u0041\\n\"", "properties[\"a\"] == 'A\n'")]
    public void Parse_WithoutParentheses_BindsAsDocumented(string source, string explicitly) =>
        Parser.Parse(source).ShouldBe(Parser.Parse(explicitly));

    [Fact]
    public void Parse_TooLong_IsRefused() => Should.Throw<ExpressionException>(() => Parser.Parse(new string('1', Parser.MaxLength + 1)));

    [Fact]
    public void Parse_TooDeep_IsRefused() =>
        Should.Throw<ExpressionException>(() => Parser.Parse(new string('(', 5000) + "1" + new string(')', 5000))).Message.ShouldContain("nested");

    [Fact]
    public void Parse_TooManyOperators_IsRefused() =>
        Should.Throw<ExpressionException>(() => Parser.Parse(string.Join(" or ", Enumerable.Repeat("true", 300)))).Message.ShouldContain("'in' with a list");
}
