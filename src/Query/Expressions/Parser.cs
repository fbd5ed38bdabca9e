using System.Globalization;

namespace Muster.Query.Expressions;

/// <summary>Reads segmentation expressions.</summary>
/// <remarks>
/// From loose to tight: <c>or</c>, <c>and</c>, <c>not</c>, comparisons and <c>in</c>, <c>+ -</c>, <c>* / %</c>, a sign. Operators of a
/// level are taken from left to right.
/// </remarks>
internal sealed class Parser
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    // The tree is walked by recursion, here and in the engine.
    private const int MaxDepth = 32;
    private const int MaxOperators = 200;

    private readonly List<Token> _tokens;
    private readonly List<string> _elements = [];
    private int _at;
    private int _depth;
    private int _operators;

    private Parser(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_at];

    /// <summary>Reads a whole text.</summary>
    /// <exception cref="ExpressionException">It is no expression; the exception says where and why.</exception>
    public static Expression Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new ExpressionException($"the expression is longer than {MaxLength} characters", MaxLength);
        }

        var parser = new Parser(Lexer.Read(source));
        var expression = parser.Or();
        return parser.Current.Kind == TokenKind.End
            ? expression
            : throw new ExpressionException($"{parser.Current} does not go on what is before it: an operator or the end is expected", parser.Current.Position);
    }

    private Expression Or()
    {
        if (++_depth > MaxDepth)
        {
            throw new ExpressionException($"the expression is nested deeper than {MaxDepth}", Current.Position);
        }

        var left = And();
        while (Take("or"))
        {
            left = new Expression.Logic(And: false, left, And());
            Count();
        }

        _depth--;
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (Take("and"))
        {
            left = new Expression.Logic(And: true, left, Not());
            Count();
        }

        return left;
    }

    private Expression Not()
    {
        var negations = 0;
        while (Take("not"))
        {
            Count();
            negations++;
        }

        var of = Compared();
        for (; negations > 0; negations--)
        {
            of = new Expression.Not(of);
        }

        return of;
    }

    private Expression Compared()
    {
        var left = Sum();
        while (true)
        {
            var next = Current;
            if (next.Kind is not (TokenKind.Symbol or TokenKind.Name))
            {
                return left;
            }

            Func<Expression, Expression>? with = next.Value switch
            {
                "==" => right => new Expression.Equality(Negated: false, left, right),
                "!=" => right => new Expression.Equality(Negated: true, left, right),
                "<" => right => new Expression.Comparison(Relation.Less, left, right),
                "<=" => right => new Expression.Comparison(Relation.AtMost, left, right),
                ">" => right => new Expression.Comparison(Relation.More, left, right),
                ">=" => right => new Expression.Comparison(Relation.AtLeast, left, right),
                "in" => right => new Expression.In(left, right),
                _ => null,
            };
            if (with is null)
            {
                return left;
            }

            _at++;
            Count();
            left = with(Sum());
        }
    }

    private Expression Sum()
    {
        var left = Product();
        while (Current.Is("+") || Current.Is("-"))
        {
            var operation = Current.Is("+") ? Operation.Add : Operation.Subtract;
            _at++;
            left = new Expression.Arithmetic(operation, left, Product());
            Count();
        }

        return left;
    }

    private Expression Product()
    {
        var left = Signed();
        while (Current.Is("*") || Current.Is("/") || Current.Is("%"))
        {
            var operation = Current.Value switch { "*" => Operation.Multiply, "/" => Operation.Divide, _ => Operation.Remainder };
            _at++;
            left = new Expression.Arithmetic(operation, left, Signed());
            Count();
        }

        return left;
    }

    private Expression Signed()
    {
        var negative = false;
        while (Take("-"))
        {
            Count();
            negative = !negative;
        }

        var value = Primary();
        return !negative ? value
            : value is Expression.Number(var number) ? new Expression.Number(-number)
            : new Expression.Arithmetic(Operation.Subtract, new Expression.Number(0), value);
    }

    private Expression Primary()
    {
        var token = Current;
        _at++;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new Expression.Number(double.Parse(token.Value, CultureInfo.InvariantCulture));
            case TokenKind.Text:
                return new Expression.Text(token.Value);
            case TokenKind.Name:
                return Named(token);
            case TokenKind.Symbol when token.Value == "(":
                var inner = Or();
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Value == "[":
                return new Expression.List(Items());
            default:
                throw new ExpressionException($"a value is expected, not {token}", token.Position);
        }
    }

    private List<Expression> Items()
    {
        var items = new List<Expression>();
        if (Take("]"))
        {
            return items;
        }

        do
        {
            items.Add(Or());
        }
        while (Take(","));
        Expect("]");
        return items;
    }

    private Expression Named(Token name)
    {
        switch (name.Value)
        {
            case "true" or "false":
                return new Expression.Boolean(name.Value == "true");
            case "properties":
                return Property(Owner.Subject, name);
            case "user":
                return Property(Owner.User, name);
            case "event":
                return Property(Owner.Event, name);
            case "any":
                return Any();
        }

        if (_elements.LastIndexOf(name.Value) is >= 0 and var depth)
        {
            return new Expression.Element(depth);
        }

        Function? function = name.Value switch
        {
            "floor" => Function.Floor,
            "round" => Function.Round,
            "ceil" => Function.Ceil,
            "boolean" => Function.ToBoolean,
            "number" => Function.ToNumber,
            "string" => Function.ToText,
            "defined" => Function.Defined,
            "datetime" => Function.Moment,
            _ => null,
        };
        if (function is null)
        {
            throw new ExpressionException(
                $"'{name.Value}' is not known: there are properties[…], user[…], event[…], true, false, and the functions floor, round, ceil, boolean, number, string, defined, datetime, any",
                name.Position);
        }

        Expect("(");
        var argument = Or();
        Expect(")");
        return new Expression.Call(function.Value, argument);
    }

    private Expression.Property Property(Owner owner, Token at)
    {
        Expect("[");
        var name = Current;
        if (name.Kind != TokenKind.Text)
        {
            throw new ExpressionException($"the name of a property is expected in quotes, not {name}", name.Position);
        }

        _at++;
        Expect("]");
        return new Expression.Property(owner, name.Value, at.Position);
    }

    private Expression.Any Any()
    {
        Expect("(");
        var name = Current;
        if (name.Kind != TokenKind.Name)
        {
            throw new ExpressionException($"the name for an element is expected, not {name}", name.Position);
        }

        _at++;
        Expect(",");
        var of = Or();
        Expect(",");
        _elements.Add(name.Value);
        var condition = Or();
        _elements.RemoveAt(_elements.Count - 1);
        Expect(")");
        return new Expression.Any(_elements.Count, of, condition);
    }

    private bool Take(string symbolOrName)
    {
        var taken = Current.Is(symbolOrName);
        _at += taken ? 1 : 0;
        return taken;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            throw new ExpressionException($"'{symbol}' is expected, not {Current}", Current.Position);
        }
    }

    // A long chain is a deep tree as well.
    private void Count()
    {
        if (++_operators > MaxOperators)
        {
            throw new ExpressionException($"there are more than {MaxOperators} operators: 'in' with a list takes the place of many comparisons", Current.Position);
        }
    }
}
