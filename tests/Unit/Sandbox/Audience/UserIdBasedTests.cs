using Muster.Sandbox;
using Muster.Sandbox.Audience;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Audience;

public sealed class UserIdBasedTests
{
    private readonly TestAudience _audience = new(SandboxProjectType.UserId);

    [Fact]
    public void Subscribe_SameAddressTwoUserIds_AreTwoUsers()
    {
        _audience.Add("ann@example.com", "u1");
        _audience.Add("ann@example.com", "u2");

        _audience.Members().ShouldBe(["ann@example.com/u1", "ann@example.com/u2"]);
    }

    [Fact]
    public void Subscribe_UserIds_AreCaseSensitive()
    {
        _audience.Add(userId: "User");
        _audience.Add(userId: "user");

        _audience.Members().ShouldBe(["/User", "/user"]);
    }

    [Fact]
    public void Subscribe_AddressAlone_IsNotFound() =>
        _audience.Add("ann@example.com").Emails(FailureClass.NotFound).ShouldBe(["ann@example.com"]);

    [Fact]
    public void Subscribe_NewAddress_ReplacesTheOldOne()
    {
        _audience.Add("ann@example.com", "u1");
        _audience.Add("new@example.com", "u1");

        _audience.Members().ShouldBe(["new@example.com/u1"]);
    }

    [Fact]
    public void Subscribe_ExistingUsersOnly_UnknownIsNotFound() =>
        _audience.Add(userId: "u1", existingOnly: true).UserIds(FailureClass.NotFound).ShouldBe(["u1"]);

    [Fact]
    public void Subscribe_NothingSent_IsAnInvalidUserId()
    {
        var outcome = _audience.Add();

        outcome.FailCount.ShouldBe(1);
        outcome.UserIds(FailureClass.Invalid).ShouldBe([string.Empty]);
    }

    [Fact]
    public void Forget_ByEmail_IsRefused() =>
        _audience.Profiles.Forget("ann@example.com", null)!.Code.ShouldBe("BadParams");
}
