using Muster.Sandbox;
using Muster.Sandbox.Audience;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Audience;

public sealed class HybridTests
{
    private readonly TestAudience _audience = new(SandboxProjectType.Hybrid);

    [Fact]
    public void Subscribe_KnownUserIdWithNewAddress_RenamesTheUser()
    {
        _audience.Add("old@example.com", "u1");

        _audience.Add("new@example.com", "u1").SuccessCount.ShouldBe(1);

        _audience.Members().ShouldBe(["new@example.com/u1"]);
        _audience.Store.ByEmail.TryFind("old@example.com", out _).ShouldBeFalse();
    }

    [Fact]
    public void Unsubscribe_OldAddressAfterRename_LeavesTheUserOnTheList()
    {
        _audience.Add("old@example.com", "u1");
        _audience.Add("new@example.com", "u1");

        _audience.Remove("old@example.com").Emails(FailureClass.NotFound).ShouldBe(["old@example.com"]);

        _audience.Members().ShouldBe(["new@example.com/u1"]);
    }

    [Fact]
    public void Unsubscribe_OldAddressWithUserIdAfterRename_TakesTheUserOff()
    {
        _audience.Add("old@example.com", "u1");
        _audience.Add("new@example.com", "u1");

        _audience.Remove("old@example.com", "u1").SuccessCount.ShouldBe(1);

        _audience.Members().ShouldBeEmpty();
    }

    [Fact]
    public void Subscribe_EmailAndUserIdOfTwoUsers_ConflictsInBoth()
    {
        _audience.Add("ann@example.com", "u1");
        _audience.Add("ben@example.com", "u2");

        var outcome = _audience.Add("ann@example.com", "u2");

        outcome.Emails(FailureClass.Conflict).ShouldBe(["ann@example.com"]);
        outcome.UserIds(FailureClass.Conflict).ShouldBe(["u2"]);
        outcome.FailCount.ShouldBe(1);
    }

    [Fact]
    public void Subscribe_NewUserIdForAnAddressThatHasOne_ConflictsInTheAddress()
    {
        _audience.Add("ann@example.com", "u1");

        var outcome = _audience.Add("ann@example.com", "u9");

        outcome.Emails(FailureClass.Conflict).ShouldBe(["ann@example.com"]);
        outcome.UserIds(FailureClass.Conflict).ShouldBeEmpty();
    }

    [Fact]
    public void Subscribe_UserIdForAnAddressWithout_IsTakenUp()
    {
        _audience.Add("ann@example.com");
        _audience.Add("ann@example.com", "u1");

        _audience.Members().ShouldBe(["ann@example.com/u1"]);
    }

    [Fact]
    public void Subscribe_UserIdAlone_MakesAUserWithoutAddress()
    {
        _audience.Add(userId: "u1");

        _audience.Members().ShouldBe(["/u1"]);
    }

    [Fact]
    public void Subscribe_ExistingUsersOnly_UnknownIsNotFound()
    {
        var outcome = _audience.Add("ann@example.com", "u1", existingOnly: true);

        outcome.Emails(FailureClass.NotFound).ShouldBe(["ann@example.com"]);
        outcome.UserIds(FailureClass.NotFound).ShouldBe(["u1"]);
        _audience.Store.Users.ShouldBeEmpty();
    }

    [Fact]
    public void Forget_ByEmail_KeepsBothIdentifiersOut()
    {
        _audience.Add("ann@example.com", "u1");

        _audience.Profiles.Forget("Ann@example.com", null).ShouldBeNull();

        _audience.Members().ShouldBeEmpty();
        _audience.Add("ann@example.com").Emails(FailureClass.Forgotten).ShouldBe(["ann@example.com"]);
        _audience.Add(userId: "u1").UserIds(FailureClass.Forgotten).ShouldBe(["u1"]);
        _audience.Profiles.Unforget("ann@example.com", null).ShouldBeNull();
        _audience.Add("ann@example.com").SuccessCount.ShouldBe(1);
    }

    [Fact]
    public void Forget_Unknown_IsRefused() =>
        _audience.Profiles.Forget("nobody@example.com", null).ShouldBe(ApiFault.NoUser);

    [Fact]
    public void Update_Conflict_Is409()
    {
        _audience.Add("ann@example.com", "u1");
        _audience.Add("ben@example.com", "u2");

        var fault = _audience.Profiles.Update(TestAudience.Row("ann@example.com", "u2"), createNewFields: true);

        fault!.Status.ShouldBe(409);
        fault.Code.ShouldBe("ExternalKeyConflict");
    }
}
