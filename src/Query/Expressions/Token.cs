namespace Muster.Query.Expressions;

internal enum TokenKind
{
    End,
    Name,
    Number,
    Text,
    Symbol,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The name, the text without its quotes, the digits, or the symbol.</param>
/// <param name="Position">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Position)
{
    public bool Is(string symbolOrName) => Kind is TokenKind.Symbol or TokenKind.Name && Value == symbolOrName;

    public override string ToString() => Kind == TokenKind.End ? "the end" : Kind == TokenKind.Text ? "a text" : $"'{Value}'";
}
