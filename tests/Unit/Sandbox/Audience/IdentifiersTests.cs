using Muster.Sandbox.Audience;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Audience;

public sealed class IdentifiersTests
{
    [Theory]
    [InlineData("a@b.co", true)]
    [InlineData("a.b+c@sub.example.com", true)]
    [InlineData("ümlaut@example.com", true)]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData("@b.co", false)]
    [InlineData("a@b", false)]
    [InlineData("a@.co", false)]
    [InlineData("a@b..co", false)]
    [InlineData("a@b.co.", false)]
    [InlineData("a@b@c.de", false)]
    [InlineData("a b@c.de", false)]
    [InlineData(" a@b.co", false)]
    [InlineData("a@b.co\n", false)]
    [InlineData("<a@b.co>", false)]
    public void IsEmail_Text_IsTold(string text, bool expected) => Identifiers.IsEmail(text).ShouldBe(expected);

    [Theory]
    [InlineData("u", true)]
    [InlineData("with space", true)]
    [InlineData(" leading", true)]
    [InlineData("1234567890123456789012345678901234567890123456789012", true)]
    [InlineData("12345678901234567890123456789012345678901234567890123", false)]
    [InlineData("", false)]
    [InlineData("trailing ", false)]
    [InlineData("tab\t", false)]
    [InlineData("ünicode", false)]
    [InlineData("del\u007f", false)]
    public void IsUserId_Text_IsTold(string text, bool expected) => Identifiers.IsUserId(text).ShouldBe(expected);
}
