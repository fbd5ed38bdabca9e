using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Muster.Sandbox.Webhooks;
using Muster.Tests.Unit.Iterable.Webhooks;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Webhooks;

public sealed class CampaignTests
{
    private static readonly Recipient[] Many = [.. Enumerable.Range(0, 20_000).Select(i => new Recipient($"u{i}@x.example", null, i % 100 == 0))];

    [Fact]
    public void Play_ManyRecipients_IsBelievable()
    {
        var events = new Campaign(59667, "Sale", 1).Play(Many, new Random(1));

        var byName = events.CountBy(e => e.Name).ToDictionary();
        byName["emailSendSkip"].ShouldBe(200);
        byName["emailSend"].ShouldBe(19_800);
        byName["emailBounce"].ShouldBeInRange(300, 500);
        byName["emailOpen"].ShouldBeInRange(9_000, 12_000);
        byName["emailClick"].ShouldBeInRange(1_500, 2_100);
        byName["emailUnSubscribe"].ShouldBe(byName["hostedUnsubscribeClick"]);
        events.Select(e => e.After).ShouldBeInOrder();
        foreach (var message in events.Where(e => e.Fields.ContainsKey("messageId")).GroupBy(e => (string)e.Fields["messageId"]!))
        {
            message.First().Name.ShouldBeOneOf("emailSend", "emailSendSkip");
            message.Select(e => e.Recipient).Distinct().Count().ShouldBe(1);
            (message.Any(e => e.Name == "emailBounce") && message.Any(e => e.Name == "emailOpen")).ShouldBeFalse();
        }
    }

    [Fact]
    public void Play_SameSeed_IsTheSame() =>
        new Campaign(1, "Sale", 1).Play(Many, new Random(5)).Select(e => (e.After, e.Name, e.Fields.ToJsonString()))
            .ShouldBe(new Campaign(1, "Sale", 1).Play(Many, new Random(5)).Select(e => (e.After, e.Name, e.Fields.ToJsonString())));

    [Fact]
    public async Task Webhooks_SetUpAndChanged_AreShownWithoutTheirToken()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        using (await sandbox.PostAsync("/sandbox/webhooks", """{"endpoint":"https://m.example/hooks/iterable/1","authToken":"secret"}"""))
        {
        }

        var (status, changed) = await SandboxUnderTest.AnswerAsync(sandbox.PostAsync("/api/webhooks", """{"id":1,"enabled":false}"""));
        (status, changed.GetProperty("enabled").GetBoolean()).ShouldBe((200, false));
        var text = await sandbox.TextAsync("/api/webhooks");
        text.ShouldNotContain("secret");
        var webhook = JsonElement.Parse(text).GetProperty("webhooks").EnumerateArray().Single();
        webhook.GetProperty("authType").GetString().ShouldBe("Basic");
        webhook.GetProperty("endpoint").GetString().ShouldBe("https://m.example/hooks/iterable/1");
        (await SandboxUnderTest.AnswerAsync(sandbox.PostAsync("/api/webhooks", """{"id":7,"enabled":true}"""))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Campaign_ToAMuster_BringsEveryEventOnce()
    {
        await using var world = await WebhookWorld.StartAsync(TestContext.Current.CancellationToken);
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        var people = Enumerable.Range(0, 120).Select(i => $"u{i}@x.example").ToArray();
        (await sandbox.SubscribeAsync(list, people)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var email in people.Take(100))
        {
            await world.SetAsync("id of " + email, email);
        }

        var endpoint = new Uri(world.Muster.Address, $"hooks/iterable/{world.ConnectionId}");
        using (await sandbox.PostAsync("/sandbox/webhooks", JsonSerializer.Serialize(new { endpoint, authToken = "x" })))
        {
        }

        var (status, sent) = await SandboxUnderTest.AnswerAsync(
            sandbox.PostAsync("/sandbox/campaigns", JsonSerializer.Serialize(new { listId = list, name = "Sale", speed = 1000, seed = 3 })));
        status.ShouldBe(200);
        JsonElement campaign;
        do
        {
            sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
            campaign = (await sandbox.Http.GetFromJsonAsync<JsonElement>("/sandbox/campaigns", TestContext.Current.CancellationToken))[0];
        }
        while (!campaign.GetProperty("hasEnded").GetBoolean());

        campaign.GetProperty("failed").GetInt32().ShouldBe(0);
        var events = world.Events();
        events.Count.ShouldBe(sent.GetProperty("events").GetInt32());
        events.Count(e => e.StartsWith("emailSend of ", StringComparison.Ordinal)).ShouldBe(120);
        events.Count(e => e.StartsWith("emailSend of id of ", StringComparison.Ordinal)).ShouldBe(100);
        (await world.UnresolvedAsync()).Count.ShouldBe(20);
    }
}
