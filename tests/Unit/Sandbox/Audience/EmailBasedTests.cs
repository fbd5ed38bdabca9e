using Muster.Sandbox;
using Muster.Sandbox.Audience;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Audience;

public sealed class EmailBasedTests
{
    private readonly TestAudience _audience = new(SandboxProjectType.Email);

    [Fact]
    public void Subscribe_SameAddressInOtherCase_IsOneUser()
    {
        _audience.Add("Ann@Example.COM").SuccessCount.ShouldBe(1);
        _audience.Add("ann@example.com").SuccessCount.ShouldBe(1);

        _audience.Members().ShouldBe(["ann@example.com/"]);
    }

    [Fact]
    public void Subscribe_BothSent_EmailDecidesAndUserIdIsOverwritten()
    {
        _audience.Add("ann@example.com", "old");
        _audience.Add("ann@example.com", "new");

        _audience.Members().ShouldBe(["ann@example.com/new"]);
        _audience.Store.ByUserId.TryFind("old", out _).ShouldBeFalse();
    }

    [Fact]
    public void Subscribe_UserIdOfSomebodyElse_IsSharedAndNoConflict()
    {
        _audience.Add("ann@example.com", "u1");

        _audience.Add("ben@example.com", "u1").FailCount.ShouldBe(0);

        _audience.Members().ShouldBe(["ann@example.com/u1", "ben@example.com/u1"]);
        _audience.Store.ByUserId.All("u1").Count.ShouldBe(2);
    }

    [Fact]
    public void Subscribe_UnknownUserIdAlone_IsNotFound()
    {
        var outcome = _audience.Add(userId: "nobody");

        outcome.FailCount.ShouldBe(1);
        outcome.UserIds(FailureClass.NotFound).ShouldBe(["nobody"]);
        _audience.Members().ShouldBeEmpty();
    }

    [Fact]
    public void Subscribe_UnknownUserIdPreferred_MakesPlaceholderAddress()
    {
        var row = TestAudience.Row(userId: "u1") with { PreferUserId = true };

        _audience.Subscriptions.Subscribe(_audience.List.Id, [row, row], false)!.SuccessCount.ShouldBe(2);

        _audience.List.Members.Keys.ShouldHaveSingleItem().Email!.ShouldEndWith(Identification.PlaceholderDomain);
    }

    [Fact]
    public void Subscribe_ExistingUsersOnly_IsNotRespectedHere()
    {
        _audience.Add("ann@example.com", existingOnly: true).SuccessCount.ShouldBe(1);
    }

    [Fact]
    public void Unsubscribe_NotOnTheList_IsNotFound()
    {
        _audience.Add("ann@example.com");
        _audience.Remove("ann@example.com").SuccessCount.ShouldBe(1);

        _audience.Remove("ann@example.com").Emails(FailureClass.NotFound).ShouldBe(["ann@example.com"]);
        _audience.Remove("ben@example.com").Emails(FailureClass.NotFound).ShouldBe(["ben@example.com"]);
    }

    [Fact]
    public void Unsubscribe_ChannelUnsubscribe_IsRecordedOnTheUser()
    {
        _audience.Add("ann@example.com");
        _audience.Remove("ann@example.com", channel: true);

        _audience.Store.Users.ShouldHaveSingleItem().ChannelUnsubscribed.ShouldBeTrue();
    }

    [Fact]
    public void ChangeEmail_AddressTaken_IsRefused()
    {
        _audience.Add("ann@example.com");
        _audience.Add("ben@example.com");

        _audience.Profiles.ChangeEmail("ann@example.com", null, "ben@example.com")!.Code.ShouldBe("EmailAlreadyExists");
        _audience.Profiles.ChangeEmail("ann@example.com", null, "New@example.com").ShouldBeNull();

        _audience.Members().ShouldBe(["ben@example.com/", "new@example.com/"]);
    }
}
