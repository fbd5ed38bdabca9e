using Muster.Iterable.Webhooks;
using Muster.Iterable.Wire;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Webhooks;

public sealed class WebhookCheckTests
{
    private static readonly Uri Ours = new("https://muster.example/hooks/iterable/3");

    private static readonly WebhookDetails Good = new(9, "https://other-name.example/base/hooks/iterable/3", "Basic", true, true, true);

    [Fact]
    public void Judge_ThereEnabledAndAuthenticated_IsReady()
    {
        var check = WebhookCheck.Judge([Good with { Id = 8, Endpoint = "https://x.example/hooks/iterable/33" }, Good], Ours);

        (check.State, check.WebhookId).ShouldBe((WebhookState.Ready, 9));
        check.ToDo.ShouldBeEmpty();
    }

    [Fact]
    public void Judge_NoneComesHere_SaysHowToMakeIt()
    {
        var check = WebhookCheck.Judge([Good with { Endpoint = "https://muster.example/hooks/iterable/4" }], Ours);

        check.State.ShouldBe(WebhookState.Missing);
        check.ToDo.Single().ShouldContain("https://muster.example/hooks/iterable/3");
    }

    [Fact]
    public void Judge_SomethingIsWrong_SaysWhat()
    {
        WebhookCheck.Judge([Good with { Enabled = false }], Ours).ToDo.Single().ShouldContain("Enable the webhook");
        WebhookCheck.Judge([Good with { AuthType = "NoAuth" }], Ours).ToDo.Single().ShouldContain("it is NoAuth");
        WebhookCheck.Judge([Good with { TriggeredSendEnabled = false }], Ours).ToDo.Single().ShouldContain("triggered sends");
        WebhookCheck.Judge([Good with { Enabled = false, AuthType = "OAuth2", BlastSendEnabled = false, TriggeredSendEnabled = false }], Ours)
            .ToDo.Count.ShouldBe(3);
    }

    [Fact]
    public void Judge_TwoOfThem_TakesTheOneThatWorks() =>
        WebhookCheck.Judge([Good with { Id = 1, Enabled = false }, Good], Ours).State.ShouldBe(WebhookState.Ready);
}
