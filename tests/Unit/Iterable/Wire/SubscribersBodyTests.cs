using System.Text;
using System.Text.Json;
using Muster.Control;
using Muster.Iterable.Wire;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Wire;

public class SubscribersBodyTests
{
    [Theory]
    [InlineData(ProjectType.Email, "a@x.de", null, """{"email":"a@x.de"}""")]
    [InlineData(ProjectType.Email, "a@x.de", "u1", """{"email":"a@x.de","userId":"u1"}""")]
    [InlineData(ProjectType.Email, null, "u1", """{"userId":"u1","preferUserId":true}""")]
    [InlineData(ProjectType.Hybrid, "a@x.de", null, """{"email":"a@x.de"}""")]
    [InlineData(ProjectType.Hybrid, "a@x.de", "u1", """{"email":"a@x.de","userId":"u1"}""")]
    [InlineData(ProjectType.Hybrid, null, "u1", """{"userId":"u1"}""")]
    [InlineData(ProjectType.UserId, "a@x.de", "u1", """{"userId":"u1","preferUserId":true}""")]
    [InlineData(ProjectType.UserId, null, "u1", """{"userId":"u1","preferUserId":true}""")]
    public void Of_Add_SendsWhatTheProjectTypeTakes(ProjectType projectType, string? email, string? userId, string expected) =>
        Written(Batches.Add(new Subscriber(1, email, userId)), projectType)
            .ShouldBe($$"""{"listId":7,"subscribers":[{{expected}}]}""");

    [Theory]
    [InlineData(ProjectType.Email, "a@x.de", "u1", """{"email":"a@x.de"}""")]
    [InlineData(ProjectType.Hybrid, "a@x.de", "u1", """{"email":"a@x.de"}""")]
    [InlineData(ProjectType.Hybrid, null, "u1", """{"userId":"u1"}""")]
    [InlineData(ProjectType.UserId, "a@x.de", "u1", """{"userId":"u1"}""")]
    public void Of_Remove_SendsOneIdentifierAndNeverUnsubscribesAChannel(ProjectType projectType, string? email, string? userId, string expected) =>
        Written(Batches.Remove(new Subscriber(1, email, userId)), projectType)
            .ShouldBe($$"""{"listId":7,"subscribers":[{{expected}}],"channelUnsubscribe":false}""");

    [Fact]
    public void Of_HostileNames_StayWhatTheyAre()
    {
        string[] emails = ["o'neill+\"x\"@example.com", "jürgen@exämple.de", "\u0001@x", "a\\b@x", "😀@x", "</script>@x"];
        var body = SubscribersBody.Of(Batches.Add([.. emails.Select((e, i) => new Subscriber(i, e, null))]), ProjectType.Email);
        using var parsed = JsonDocument.Parse(body);
        parsed.RootElement.GetProperty("subscribers").EnumerateArray().Select(s => s.GetProperty("email").GetString()).ShouldBe(emails);
    }

    [Fact]
    public void Of_SubscriberWithoutAnIdentifierThatIsTaken_Throws() =>
        Should.Throw<ArgumentException>(() => SubscribersBody.Of(Batches.Add(new Subscriber(4, "a@x.de", null)), ProjectType.UserId))
            .Message.ShouldNotContain("a@x.de");

    private static string Written(ListBatch batch, ProjectType projectType) => Encoding.UTF8.GetString(SubscribersBody.Of(batch, projectType).Span);

    [Fact]
    public void Of_AThousandOfTheLongest_StaysFarBelowFourMegabytes()
    {
        var longest = Enumerable.Range(1, 1000).Select(i => new Subscriber(i, new string('\u0436', 242) + "@example.com", new string('\\', 52))).ToArray();
        SubscribersBody.Of(Batches.Add(longest), ProjectType.Hybrid).Length.ShouldBeLessThan(2_000_000);
    }
}
