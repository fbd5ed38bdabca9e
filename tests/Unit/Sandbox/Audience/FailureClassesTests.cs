using System.Text.Json;
using Muster.Sandbox;
using Muster.Sandbox.Audience;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Audience;

public sealed class FailureClassesTests
{
    private readonly TestAudience _audience = new(SandboxProjectType.Hybrid);

    [Fact]
    public void Subscribe_MalformedIdentifier_FailsTheRowAndNamesOnlyTheBadOne()
    {
        var outcome = _audience.Add("Not An Address", "u1");

        outcome.Emails(FailureClass.Invalid).ShouldBe(["not an address"]);
        outcome.UserIds(FailureClass.Invalid).ShouldBeEmpty();
        _audience.Store.Users.ShouldBeEmpty();
    }

    [Theory]
    [InlineData((int)FailureClass.Conflict, true, false)]
    [InlineData((int)FailureClass.InvalidData, true, false)]
    [InlineData((int)FailureClass.Forgotten, true, true)]
    [InlineData((int)FailureClass.Invalid, true, true)]
    [InlineData((int)FailureClass.NotFound, true, true)]
    public void Planted_Class_MeetsTheCallsItCanArise(int failure, bool onSubscribe, bool onUnsubscribe)
    {
        var planted = (FailureClass)failure;
        _audience.Add("ann@example.com", "u1");
        _audience.Add("ben@example.com", "u2");
        _audience.Planted.Plant(planted, ["Ann@example.com"], ["u2"]);

        _audience.Add("ann@example.com", "u1").Emails(planted).Count.ShouldBe(onSubscribe ? 1 : 0);
        _audience.Add("ben@example.com", "u2").UserIds(planted).Count.ShouldBe(onSubscribe ? 1 : 0);
        _audience.Remove("ann@example.com").Emails(planted).Count.ShouldBe(onUnsubscribe ? 1 : 0);
        _audience.Remove(userId: "u2").UserIds(planted).Count.ShouldBe(onUnsubscribe ? 1 : 0);
    }

    [Fact]
    public void Planted_Cleared_MeetsNobody()
    {
        _audience.Planted.Plant(FailureClass.Forgotten, ["ann@example.com"], []);
        _audience.Planted.Clear();

        _audience.Add("ann@example.com").SuccessCount.ShouldBe(1);
    }

    [Fact]
    public void Subscribe_FieldOfOtherType_IsInvalidData()
    {
        var created = With("ann@example.com", """{"plan":"gold","visits":3,"score":1.5}""");
        created.CreatedFields.ShouldBe(["plan", "score", "visits"]);

        With("ben@example.com", """{"plan":7}""").Emails(FailureClass.InvalidData).ShouldBe(["ben@example.com"]);
        With("ben@example.com", """{"score":2,"plan":null}""").SuccessCount.ShouldBe(1);
        With("ben@example.com", "7").Emails(FailureClass.InvalidData).ShouldBe(["ben@example.com"]);
    }

    [Fact]
    public void Update_NestedObjects_AreMergedOnlyWhenAsked()
    {
        With("ann@example.com", """{"home":{"city":"Rome","zip":"1"}}""");
        With("ann@example.com", """{"home":{"zip":"2"}}""", merge: true);
        Home().ShouldBe("""{"city":"Rome","zip":"2"}""");

        With("ann@example.com", """{"home":{"zip":"3"}}""");
        Home().ShouldBe("""{"zip":"3"}""");

        string Home() => _audience.Store.Users.Single().Fields!["home"]!.ToJsonString();
    }

    [Fact]
    public void BulkUpdate_NewFieldsNotWanted_AreFilteredOut()
    {
        var outcome = _audience.Profiles.UpdateAll([Row("ann@example.com", """{"plan":"gold"}""", false)], createNewFields: false);

        outcome.SuccessCount.ShouldBe(1);
        outcome.FilteredOutFields.ShouldBe(["plan"]);
        _audience.Store.FieldTypes.ShouldBeEmpty();
    }

    private BulkOutcome With(string email, string fields, bool merge = false) =>
        _audience.Subscriptions.Subscribe(_audience.List.Id, [Row(email, fields, merge)], false)!;

    private static SubscriberRow Row(string email, string fields, bool merge) => new()
    {
        Email = email,
        DataFields = JsonDocument.Parse(fields).RootElement,
        MergeNestedObjects = merge,
    };
}
