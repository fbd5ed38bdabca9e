using System.Text.Json;
using CsCheck;
using DuckDB.NET.Data;
using Muster.Query.Expressions;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query.Expressions;

public sealed class ExpressionsAgainstOracleTests
{
    [Fact]
    public void Condition_RandomExpressionsAndProfiles_HoldsWhereTheOracleSays()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, "SET TimeZone = 'UTC'");
        Execute(connection, "CREATE TABLE profile (number INTEGER, properties VARCHAR)");

        Gen.Select(RandomExpressions.Expression.Array[8], RandomExpressions.Properties.Array[8]).Sample(
            (expressions, profiles) =>
            {
                Execute(connection, "DELETE FROM profile");
                using (var appender = connection.CreateAppender("profile"))
                {
                    for (var i = 0; i < profiles.Length; i++)
                    {
                        appender.CreateRow().AppendValue(i).AppendValue(profiles[i]).EndRow();
                    }
                }

                foreach (var expression in expressions)
                {
                    var expected = Enumerable.Range(0, profiles.Length).Where(i => Oracle.Holds(expression, JsonElement.Parse(profiles[i]))).ToList();
                    Run(connection, expression).ShouldBe(expected, $"{expression}\n{string.Join('\n', profiles)}");
                }
            },
            iter: 150, threads: 1);
    }

    [Theory]
    [InlineData("properties[\"age\"] > 30 and \"a\" in properties[\"name\"]", true)]
    [InlineData("number(properties[\"zip\"]) == 10115", true)]
    [InlineData("string(properties[\"age\"]) == \"42\"", true)]
    [InlineData("properties[\"zip\"] == 10115", false)]
    [InlineData("properties[\"zip\"] != 10115", true)]
    [InlineData("properties[\"nothing\"] == properties[\"nothing\"]", false)]
    [InlineData("not properties[\"nothing\"] > 3", true)]
    [InlineData("defined(properties[\"nothing\"])", false)]
    [InlineData("properties[\"age\"] / 0 == 0", false)]
    [InlineData("defined(properties[\"age\"] / 0)", false)]
    [InlineData("properties[\"plan\"] in [\"basic\", \"pro\"]", true)]
    [InlineData("\"red\" in properties[\"colours\"]", true)]
    [InlineData("any(X, properties[\"colours\"], X == \"blue\")", true)]
    [InlineData("any(X, properties[\"colours\"], X == \"green\")", false)]
    [InlineData("any(X, properties[\"colours\"], any(Y, [\"blue\", 1], X == Y))", true)]
    [InlineData("properties[\"born\"] < datetime(\"2000-01-01T00:00:00\")", true)]
    [InlineData("datetime(properties[\"born\"]) >= datetime(\"1990-05-17\")", true)]
    [InlineData("floor(4.7) == 4 and round(4.5) == 5 and ceil(4.1) == 5 and number(true) == 1", true)]
    [InlineData("properties[\"x\\\"]) OR true --\"] == 1", false)]
    public void Condition_OfAProfile_MeansWhatTheGuideSays(string where, bool holds)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, "SET TimeZone = 'UTC'");
        Execute(connection, """
            CREATE TABLE profile AS SELECT 0 AS number,
            '{"age":42,"name":"Anna","zip":"10115","plan":"pro","colours":["red","blue"],"born":"1990-05-17T00:00:00"}' AS properties
            """);

        Run(connection, Parser.Parse(where)).ShouldBe(holds ? [0] : []);
    }

    [Fact]
    public void Condition_AsLargeAsTheParserTakes_Runs()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, "CREATE TABLE profile AS SELECT 0 AS number, '{\"a\":1}' AS properties");

        Run(connection, Parser.Parse(string.Join(" and ", Enumerable.Repeat("properties[\"a\"] == 1", 100)))).ShouldBe([0]);
        Run(connection, Parser.Parse($"{string.Join(" / ", Enumerable.Repeat("properties[\"a\"]", 199))} == 1")).ShouldBe([0]);
        Run(connection, Parser.Parse($"{string.Concat(Enumerable.Repeat("not ", 200))} true")).ShouldBe([0]);
        Run(connection, Parser.Parse($"{string.Concat(Enumerable.Repeat("floor(", 30))}properties[\"a\"]{new string(')', 30)} == 1")).ShouldBe([0]);
    }

    [Fact]
    public void Condition_CastOfCasts_IsRefusedBeforeItGrowsWithoutEnd() =>
        Should.Throw<ExpressionException>(() => Print(Parser.Parse(
            $"{string.Concat(Enumerable.Repeat("string(number(", 15))}properties[\"a\"]{new string(')', 30)} == \"1\"")));

    private static (string Sql, SqlParameters Parameters) Print(Expression expression)
    {
        var parameters = new SqlParameters();
        var columns = new PropertyColumns(parameters);
        var condition = new DuckDbExpressions(new Source(columns), parameters).Condition(expression);
        return ($"SELECT number FROM (SELECT number{columns.Select} FROM profile p) w WHERE {condition} ORDER BY number", parameters);
    }

    private static List<int> Run(DuckDBConnection connection, Expression expression)
    {
        var (sql, parameters) = Print(expression);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters.Values)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        var rows = new List<int>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(reader.GetInt32(0));
        }

        return rows;
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class Source(PropertyColumns columns) : IPropertySource
    {
        public Printed Of(Expression.Property property) => columns.Of("p.properties", property.Name);
    }
}
