using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Notifications;
using Muster.Tests.Unit.Iterable.Webhooks;
using Muster.Warehouse.Forwarding;
using Muster.Warehouse.Privacy;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Mixpanel;

/// <summary>From Iterable's webhook to Mixpanel's /import, and what is in between when that fails.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private ForwardingWorld _world = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await ForwardingWorld.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Forwarding_NeverSetUp_IsOffAndQueuesNothing()
    {
        await _world.Hooks.TakeAsync(Payloads.Event("emailSend", "ada@x.example"));

        var shown = await _world.ShowAsync();
        shown.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        shown.GetProperty("status").GetString().ShouldBe("off");
        shown.GetProperty("depth").GetInt64().ShouldBe(0);
        _world.Mixpanel.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Forwarding_EveryKnownEvent_ArrivesAsMixpanelWantsIt()
    {
        await _world.Hooks.SetAsync("ada", email: "ada@x.example");
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync([.. Payloads.Names.Select((name, i) => Payloads.Event(name, "Ada@x.example", message: i))]);

        (await _world.UntilEmptyAsync(Stop)).GetProperty("status").GetString().ShouldBe("running");

        _world.Mixpanel.Events.Values.Select(e => e.GetProperty("event").GetString()).ShouldBe(Payloads.Names, ignoreOrder: true);
        foreach (var properties in _world.Mixpanel.Events.Values.Select(e => e.GetProperty("properties")))
        {
            properties.GetProperty("distinct_id").GetString().ShouldBe("ada");
            properties.GetProperty("$source").GetString().ShouldBe("iterable");
            properties.GetProperty("time").GetInt64().ShouldBe(new DateTimeOffset(2026, 11, 2, 10, 15, 30, TimeSpan.Zero).ToUnixTimeMilliseconds());
            properties.GetProperty("campaignName").GetString().ShouldBe("Autumn sale, “now”");
            properties.GetProperty("labels").GetArrayLength().ShouldBe(2);
        }

        // Where an event has an address, Mixpanel may take the place from it; from this machine's it must not.
        _world.Mixpanel.Events.Values.Select(e => e.GetProperty("properties").GetProperty("ip").GetString()).Distinct().ShouldBe(["0", "192.0.2.7"], ignoreOrder: true);
        foreach (var call in _world.Mixpanel.Seen)
        {
            call.Query.ShouldBe("/import?strict=1&project_id=1234567");
            call.Integration.ShouldBe("iterable");
            call.Encoding.ShouldBe("gzip");
        }
    }

    [Fact]
    public async Task Forwarding_InsertId_IsTheOneThatIsStored()
    {
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));
        await _world.UntilEmptyAsync(Stop);

        _world.Mixpanel.Events.Keys.Single().ShouldBe(_world.Hooks.Value("SELECT insert_id FROM event", r => r.GetString(0)));
    }

    [Fact]
    public async Task Forwarding_IdentitiesOfAllKinds_AreTheCanonicalOnesAtTheTimeOfSending()
    {
        _world.Mixpanel.Then(503).Then(503).Then(503);
        await _world.ForwardAsync(secret: "wrong");
        await _world.UntilAsync(s => s.GetProperty("enabled").GetBoolean(), Stop);
        await _world.Hooks.SetAsync("ada", iterableUserId: "u1");
        await _world.Hooks.TakeAsync(
            Payloads.Event("emailSend", userId: "u1"), Payloads.Event("emailOpen", "later@x.example"), Payloads.Event("pushSend", userId: "stranger"),
            Payloads.Event("smsSend"), Payloads.Event("inAppSend", userId: "undefined"));
        await _world.UntilAsync(s => s.GetProperty("status").GetString() == "stopped", Stop);

        // Who was a stranger when the event came is known when it goes on.
        await _world.Hooks.SetAsync("bob", email: "later@x.example");
        await _world.ForwardAsync();
        await _world.UntilEmptyAsync(Stop);

        _world.Mixpanel.Events.Values
            .Select(e => $"{e.GetProperty("event").GetString()} of {e.GetProperty("properties").GetProperty("distinct_id").GetString()}")
            .ShouldBe(["emailSend of ada", "emailOpen of bob", "pushSend of stranger", "smsSend of ", "inAppSend of "], ignoreOrder: true);
    }

    [Fact]
    public async Task Forwarding_PropertiesThatMeanSomethingToMixpanel_DecideNothing()
    {
        await _world.ForwardAsync();
        var body = Payloads.Event("emailOpen", "ada@x.example");
        body["dataFields"]!["$user_id"] = "someone-else";
        body["dataFields"]!["$device_id"] = "d";
        body["dataFields"]!["$ignore"] = true;
        body["dataFields"]!["distinct_id"] = "x";
        await _world.Hooks.TakeAsync(body);
        await _world.UntilEmptyAsync(Stop);

        var properties = _world.Mixpanel.Events.Values.Single().GetProperty("properties");
        properties.TryGetProperty("$user_id", out _).ShouldBeFalse();
        properties.TryGetProperty("$ignore", out _).ShouldBeFalse();
        properties.GetProperty("iterable_$user_id").GetString().ShouldBe("someone-else");
        properties.GetProperty("distinct_id").GetString().ShouldBe("ada@x.example");
    }

    [Theory]
    [InlineData(429, "{}", "0")]
    [InlineData(429, """{"code":429,"error":"Project exceeded rate limits. Please retry the request with exponential backoff.","status":"Too Many Requests"}""", null)]
    [InlineData(500, "", null)]
    [InlineData(502, "<html>Bad gateway</html>", null)]
    [InlineData(503, "{}", "Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData(504, "", null)]
    [InlineData(408, "", null)]
    [InlineData(200, "<html>Sign in to the hotel's network</html>", null)]
    [InlineData(302, "", null)]
    [InlineData(400, "not json", null)]
    public async Task Forwarding_TransientFault_IsTriedAgainAndNothingIsLost(int status, string body, string? retryAfter)
    {
        _world.Mixpanel.Then(status, body, retryAfter).Then(status, body, retryAfter);
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));
        await _world.UntilEmptyAsync(Stop);

        _world.Mixpanel.Events.Count.ShouldBe(1);
        _world.Mixpanel.Calls.ShouldBe(3);
        (await _world.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Forwarding_ConnectionBreaks_IsTriedAgain()
    {
        _world.Mixpanel.Then(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));
        await _world.UntilEmptyAsync(Stop);

        _world.Mixpanel.Events.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Forwarding_SomeAreRefused_AreDeadLettersUntilRetried()
    {
        _world.Mixpanel.Refuse = e => e.GetProperty("event").GetString() == "emailBounce" ? "properties.x is invalid" : null;
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(
            Payloads.Event("emailSend", "ada@x.example"), Payloads.Event("emailBounce", "ada@x.example"), Payloads.Event("emailOpen", "ada@x.example"));
        var shown = await _world.UntilEmptyAsync(Stop);

        shown.GetProperty("deadLetters").GetInt64().ShouldBe(1);
        shown.GetProperty("status").GetString().ShouldBe("running");
        _world.Mixpanel.Events.Count.ShouldBe(2);
        var letter = (await _world.DeadLettersAsync()).Single();
        letter.GetProperty("event").GetString().ShouldBe("emailBounce");
        letter.GetProperty("distinctId").GetString().ShouldBe("ada@x.example");
        letter.GetProperty("field").GetString().ShouldBe("properties");
        letter.GetProperty("message").GetString().ShouldBe("properties.x is invalid");
        using var consumer = await _world.Hooks.Muster.SignInAsync("consumer", _world.Hooks.ProjectId, Stop);
        (await _world.DeadLettersAsync(consumer)).Single().GetProperty("distinctId").ValueKind.ShouldBe(JsonValueKind.Null);

        // Refused again, it is a dead letter again.
        (await _world.PostAsync("dead-letters/retry")).GetProperty("retried").GetInt32().ShouldBe(1);
        await _world.UntilAsync(s => s.GetProperty("depth").GetInt64() == 0 && s.GetProperty("deadLetters").GetInt64() == 1, Stop);
        _world.Mixpanel.Refuse = _ => null;
        var id = (await _world.DeadLettersAsync()).Single().GetProperty("id").GetInt64();
        (await _world.PostAsync("dead-letters/retry", new JsonObject { ["ids"] = new JsonArray(id + 1000) })).GetProperty("retried").GetInt32().ShouldBe(0);
        (await _world.PostAsync("dead-letters/retry", new JsonObject { ["ids"] = new JsonArray(id) })).GetProperty("retried").GetInt32().ShouldBe(1);
        await _world.UntilAsync(s => s.GetProperty("depth").GetInt64() == 0 && s.GetProperty("deadLetters").GetInt64() == 0, Stop);
        _world.Mixpanel.Events.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Forwarding_WholeCallIsRefused_GoesToTheDeadLettersAndIsNotRepeated()
    {
        _world.Mixpanel.Then(400, """{"code":400,"error":"invalid project","status":"Bad Request"}""");
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailSend", "ada@x.example"), Payloads.Event("emailOpen", "ada@x.example"));
        await _world.UntilEmptyAsync(Stop);

        (await _world.DeadLettersAsync()).Select(l => l.GetProperty("message").GetString()).ShouldBe(["invalid project", "invalid project"]);
        _world.Mixpanel.Calls.ShouldBe(1);
        (await _world.PostAsync("dead-letters/discard")).GetProperty("discarded").GetInt32().ShouldBe(2);
        (await _world.ShowAsync()).GetProperty("deadLetters").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Forwarding_TooLarge_IsHalvedUntilItFits()
    {
        _world.Mixpanel.MostRecords = 3;
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync([.. Enumerable.Range(0, 20).Select(i => Payloads.Event("emailSend", $"u{i}@x.example", message: i))]);
        await _world.UntilEmptyAsync(Stop);

        _world.Mixpanel.Events.Count.ShouldBe(20);

        // One that is too large by itself can only be put aside.
        _world.Mixpanel.MostRecords = 0;
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));
        await _world.UntilAsync(s => s.GetProperty("deadLetters").GetInt64() == 1, Stop);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Forwarding_PersonMustMendIt_StopsTellsOnceAndGoesOnWhenMended(int status)
    {
        _world.Mixpanel.Then(status);
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailSend", "ada@x.example"));
        var shown = await _world.UntilAsync(s => s.GetProperty("status").GetString() == "stopped", Stop);
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));

        shown.GetProperty("problem").GetString().ShouldNotBeNull().ShouldContain($"answered {status}");
        (await _world.ShowAsync()).GetProperty("depth").GetInt64().ShouldBe(2);
        _world.Mixpanel.Calls.ShouldBe(1);
        await using (var db = await _world.Hooks.Muster.DbAsync(Stop))
        {
            var told = await db.Notifications.SingleAsync(Stop);
            told.Kind.ShouldBe(NotificationKind.Forwarding);
            told.Text.ShouldContain("Nothing is lost");
        }

        await _world.PutAsync(new JsonObject { ["enabled"] = true });
        await _world.UntilEmptyAsync(Stop);
        _world.Mixpanel.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Forwarding_Paused_KeepsWhatWaitsAndGoesOnLater()
    {
        _world.Mixpanel.Then(401);
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailSend", "ada@x.example"));
        await _world.UntilAsync(s => s.GetProperty("status").GetString() == "stopped", Stop);
        (await _world.PutAsync(new JsonObject { ["enabled"] = false })).GetProperty("status").GetString().ShouldBe("off");
        await _world.Hooks.TakeAsync(Payloads.Event("emailOpen", "ada@x.example"));

        (await _world.ShowAsync()).GetProperty("depth").GetInt64().ShouldBe(1, "what comes during a pause is not forwarded");
        await _world.PutAsync(new JsonObject { ["enabled"] = true });
        await _world.UntilEmptyAsync(Stop);
        _world.Mixpanel.Events.Values.Single().GetProperty("event").GetString().ShouldBe("emailSend");
    }

    [Fact]
    public async Task Settings_Shown_NeverHaveTheSecretAndAreStoredEncrypted()
    {
        var put = await _world.ForwardAsync();

        put.GetRawText().ShouldNotContain(FakeMixpanel.Secret);
        (await _world.ShowAsync()).GetRawText().ShouldNotContain(FakeMixpanel.Secret);
        await using var db = await _world.Hooks.Muster.DbAsync(Stop);
        (await db.ForwardingSettings.SingleAsync(Stop)).ProtectedSecret.ShouldNotContain(FakeMixpanel.Secret);
    }

    [Theory]
    [InlineData("""{}""", "/mixpanelProjectId", "/serviceAccount", "/serviceAccountSecret")]
    [InlineData("""{"mixpanelProjectId":0,"serviceAccount":"a:b","serviceAccountSecret":"s","dataResidency":"mars","enabled":1,"x":1}""",
        "/enabled", "/mixpanelProjectId", "/dataResidency", "/serviceAccount", "/x")]
    public async Task Put_Faulty_NamesEachFault(string body, params string[] paths)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _world.Hooks.Muster.Admin.PutAsync(_world.Path, content, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString())
            .ShouldBe(paths, ignoreOrder: true);
    }

    [Fact]
    public async Task Endpoints_ByRole_AreAsForConnections()
    {
        using var analyst = await _world.Hooks.Muster.SignInAsync("analyst", _world.Hooks.ProjectId, Stop);
        var other = await _world.Hooks.Muster.MakeProjectAsync("Other", Stop);
        using var stranger = await _world.Hooks.Muster.SignInAsync("admin", other, Stop);

        (await analyst.GetAsync(_world.Path, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await analyst.PutAsJsonAsync(_world.Path, new { enabled = false }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await analyst.PostAsJsonAsync($"{_world.Path}/dead-letters/retry", new { }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await stranger.GetAsync(_world.Path, Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync($"{_world.Path}/dead-letters", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.DeleteAsync(_world.Path, Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delete_OrDisconnect_ForgetsSecretAndQueue(bool disconnects)
    {
        _world.Mixpanel.Then(401);
        await _world.ForwardAsync();
        await _world.Hooks.TakeAsync(Payloads.Event("emailSend", "ada@x.example"));
        await _world.UntilAsync(s => s.GetProperty("status").GetString() == "stopped", Stop);

        using var answer = await _world.Hooks.Muster.Admin.DeleteAsync(disconnects ? _world.Path[..^"/forwarding".Length] : _world.Path, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var shown = await _world.ShowAsync();
        shown.GetProperty("status").GetString().ShouldBe("off");
        shown.GetProperty("depth").GetInt64().ShouldBe(0);
        await using var db = await _world.Hooks.Muster.DbAsync(Stop);
        (await db.ForwardingSettings.AnyAsync(Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task Erase_PersonInTheQueue_IsNotForwarded()
    {
        _world.Mixpanel.Then(401);
        await _world.ForwardAsync();
        await _world.Hooks.SetAsync("ada", email: "ada@x.example");
        await _world.Hooks.TakeAsync(Payloads.Event("emailSend", "ada@x.example"), Payloads.Event("emailSend", "bob@x.example"));
        await _world.UntilAsync(s => s.GetProperty("status").GetString() == "stopped", Stop);

        await _world.Hooks.Muster.Services.GetRequiredService<IPersonEraser>().EraseAsync(_world.Hooks.ProjectId, "ada", Stop);

        _world.Hooks.Muster.Services.GetRequiredService<IForwardQueue>().Depth(_world.Hooks.ConnectionId).Waiting.ShouldBe(1);
    }
}
