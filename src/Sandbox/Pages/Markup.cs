using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Muster.Sandbox.Pages;

/// <summary>Finished HTML.</summary>
internal readonly record struct Markup(string Text)
{
    /// <summary>HTML from an interpolated string: what is in its holes is encoded, unless it is HTML itself.</summary>
    public static Markup Of(MarkupHandler handler) => new(handler.ToText());

    public static Markup Each<T>(IEnumerable<T> items, Func<T, Markup> render) =>
        new(string.Concat(items.Select(item => render(item).Text)));
}

/// <summary>Encodes the holes of an interpolated string for HTML text and quoted attributes.</summary>
[InterpolatedStringHandler]
internal readonly struct MarkupHandler
{
    private readonly StringBuilder _html;

    public MarkupHandler(int literalLength, int formattedCount) =>
        _html = new StringBuilder(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup markup) => _html.Append(markup.Text);

    public void AppendFormatted(string? text) => _html.Append(HtmlEncoder.Default.Encode(text ?? string.Empty));

    public void AppendFormatted(long number) => _html.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(long number, string format) =>
        _html.Append(number.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(DateTimeOffset at) =>
        _html.Append(at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));

    public string ToText() => _html.ToString();
}
