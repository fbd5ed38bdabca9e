using System.Globalization;
using System.Text;

namespace Muster.Query.Expressions;

/// <summary>Cuts an expression into its words.</summary>
internal sealed class Lexer(string source)
{
    private static readonly string[] Symbols = ["==", "!=", ">=", "<=", ">", "<", "+", "-", "*", "/", "%", "(", ")", "[", "]", ","];

    private int _at;

    /// <summary>All words, the last being the end.</summary>
    /// <exception cref="ExpressionException">There is something that is no word.</exception>
    public static List<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        var tokens = new List<Token>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private Token Next()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at]))
        {
            _at++;
        }

        if (_at == source.Length)
        {
            return new Token(TokenKind.End, "", _at);
        }

        var first = source[_at];
        return first switch
        {
            '"' or '\'' => Text(first),
            >= '0' and <= '9' => Number(),
            '.' when _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1]) => Number(),
            '_' => Name(),
            _ when char.IsAsciiLetter(first) => Name(),
            _ => Symbol(),
        };
    }

    private Token Text(char quote)
    {
        var start = _at++;
        var text = new StringBuilder();
        while (_at < source.Length && source[_at] != quote)
        {
            text.Append(source[_at] == '\\' ? Escape() : source[_at++]);
        }

        if (_at == source.Length)
        {
            throw new ExpressionException($"the text that begins here has no closing {quote}", start);
        }

        _at++;
        return new Token(TokenKind.Text, text.ToString(), start);
    }

    private char Escape()
    {
        var start = _at++;
        var escaped = _at < source.Length ? source[_at++] : '\0';
        switch (escaped)
        {
            case '"' or '\'' or '\\' or '/':
                return escaped;
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'u' when _at + 4 <= source.Length
                && ushort.TryParse(source.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _at += 4;
                return (char)unit;
            default:
                throw new ExpressionException("""after \ comes one of " ' \ / n r t b f, or u and four hexadecimal digits""", start);
        }
    }

    private Token Number()
    {
        var start = _at;
        Digits();
        if (_at < source.Length && source[_at] == '.')
        {
            _at++;
            Digits();
        }

        if (_at < source.Length && source[_at] is 'e' or 'E')
        {
            _at++;
            _at += _at < source.Length && source[_at] is '+' or '-' ? 1 : 0;
            Digits();
        }

        var text = source[start.._at];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new Token(TokenKind.Number, text, start)
            : throw new ExpressionException($"'{text}' is no number", start);
    }

    private void Digits()
    {
        while (_at < source.Length && char.IsAsciiDigit(source[_at]))
        {
            _at++;
        }
    }

    private Token Name()
    {
        var start = _at;
        while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '_'))
        {
            _at++;
        }

        return new Token(TokenKind.Name, source[start.._at], start);
    }

    private Token Symbol()
    {
        var start = _at;
        foreach (var symbol in Symbols)
        {
            if (source.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
            {
                _at += symbol.Length;
                return new Token(TokenKind.Symbol, symbol, start);
            }
        }

        throw source[start] switch
        {
            '=' => new ExpressionException("a single '=' compares nothing: write '=='", start),
            '&' or '|' or '!' => new ExpressionException($"'{source[start]}' means nothing here: write 'and', 'or' or 'not'", start),
            _ => new ExpressionException($"'{source[start]}' means nothing here", start),
        };
    }
}
