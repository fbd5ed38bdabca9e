using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using Muster.Iterable.Webhooks;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Webhooks;

public sealed class WebhookEndpointTests : IAsyncLifetime
{
    private WebhookWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebhookWorld.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic y")]
    [InlineData("Basic xx")]
    [InlineData("basic x")]
    public async Task Post_WrongAuthorization_IsRefused(string? authorization)
    {
        var (status, body, _) = await _world.PostAsync(Payloads.Event("emailOpen", "a@b.example").ToJsonString(), authorization);

        status.ShouldBe(HttpStatusCode.Unauthorized);
        body.GetProperty("code").GetString().ShouldBe("unauthenticated");
        _world.Events().ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_UnknownOrDisconnectedConnection_IsNotFound()
    {
        await _world.TakeAsync(Payloads.Event("emailOpen", "a@b.example"));
        using var answer = await _world.Muster.Admin.DeleteAsync($"connections/{_world.ConnectionId}", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();

        (await _world.PostAsync("{}", connectionId: 999)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _world.PostAsync("{}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Post_EveryKnownEvent_IsKeptAsItIs()
    {
        await _world.SetAsync("p1", email: "Ada@Example.com");
        var events = Payloads.Names.Select(name => (JsonNode)Payloads.Event(name, "ada@example.com")).ToArray();

        (await _world.TakeAsync(events)).ShouldBe((Payloads.Names.Length, 0, 0));

        _world.Events().Order().ShouldBe(Payloads.Names.Select(name => $"{name} of p1").Order());
        var push = _world.Value(
            "SELECT e.properties, e.time, e.source, e.insert_id FROM event e JOIN event_name n USING (event_id) WHERE name = 'pushSend'",
            reader => (Properties: reader.GetString(0), Time: reader.GetDateTime(1), Source: reader.GetString(2), InsertId: reader.GetString(3)));
        push.Source.ShouldBe("iterable");
        push.Time.ShouldBe(new DateTime(2026, 11, 2, 10, 15, 30, DateTimeKind.Utc));
        push.InsertId.ShouldMatch("^[A-Za-z0-9-]{36}$");
        var sent = Payloads.Event("pushSend")["dataFields"]!;
        sent["$source"] = "iterable";
        JsonNode.DeepEquals(JsonNode.Parse(push.Properties), sent).ShouldBeTrue(push.Properties);
    }

    [Theory]
    [InlineData("2017-05-15 23:59:47 +00:00", "2017-05-15T23:59:47")]
    [InlineData("2017-05-15 23:59:47 +02:00", "2017-05-15T21:59:47")]
    [InlineData("2017-05-15 23:59:47.125 -05:00", "2017-05-16T04:59:47.125")]
    [InlineData("2017-05-15T23:59:47.5Z", "2017-05-15T23:59:47.500")]
    public async Task Post_TimeAsWritten_IsStoredAsUtc(string createdAt, string expected)
    {
        await _world.TakeAsync(Payloads.Event("emailSend", "a@b.example", createdAt: createdAt));

        _world.Value("SELECT time FROM event", reader => reader.GetDateTime(0)).ShouldBe(DateTime.Parse(expected, null));
    }

    [Theory]
    [InlineData("""{"eventName":"emailSend","email":"a@b.example"}""")]
    [InlineData("""{"eventName":"emailSend","email":"a@b.example","dataFields":null}""")]
    [InlineData("""{"eventName":"emailSend","email":"a@b.example","dataFields":{"createdAt":"yesterday"}}""")]
    [InlineData("""{"eventName":"emailSend","email":"a@b.example","dataFields":{"createdAt":17}}""")]
    public async Task Post_NoTime_TakesArrivalAndIsStoredOnce(string body)
    {
        var node = JsonNode.Parse(body)!;
        (await _world.TakeAsync(node)).Stored.ShouldBe(1);
        (await _world.TakeAsync(node)).ShouldBe((0, 1, 0));

        var (time, received) = _world.Value("SELECT time, received_at FROM event", r => (r.GetDateTime(0), r.GetDateTime(1)));
        time.ShouldBe(received);
    }

    [Fact]
    public async Task Post_Repeated_IsStoredOnceWhateverItsSpellingAndWhoeverItTurnsOutToBe()
    {
        (await _world.TakeAsync(Payloads.Event("emailOpen", "Ada@Example.com"))).ShouldBe((1, 0, 1));
        await _world.SetAsync("p1", email: "ada@example.com");
        (await _world.TakeAsync(Payloads.Event("emailOpen", "Ada@Example.com"))).ShouldBe((0, 1, 0));
        var reordered = $$"""{ "dataFields" : {{new JsonObject(Payloads.Event("emailOpen")["dataFields"]!.AsObject().Reverse().Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString()}} , "email":"Ada@Example.com","eventName":"emailOpen"}""";
        (await _world.TakeAsync(JsonNode.Parse(reordered)!)).ShouldBe((0, 1, 0));
        var (other, same) = (Payloads.Event("emailOpen", "Ada@Example.com", message: 2), Payloads.Event("emailOpen", "Ada@Example.com", message: 2));
        (await _world.TakeAsync(other, same)).ShouldBe((1, 1, 0));

        _world.Events().ShouldBe(["emailOpen of p1", "emailOpen of p1"]);
    }

    [Fact]
    public async Task Post_SameEventsAtOnce_AreStoredOnce()
    {
        var events = Enumerable.Range(1, 20).Select(n => (JsonNode)Payloads.Event("emailClick", $"u{n % 5}@b.example", message: n)).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => _world.TakeAsync(events[n % 20])));

        answers.Sum(a => a.Stored).ShouldBe(20);
        answers.Sum(a => a.Duplicates).ShouldBe(180);
        _world.Events().Count.ShouldBe(20);
    }

    [Fact]
    public async Task Post_SomeAreNoEvents_NamesThemAndStoresTheOthers()
    {
        var good = Payloads.Event("emailOpen", "a@b.example").ToJsonString();
        var (status, body, _) = await _world.PostAsync($$"""[{{good}},7,{"email":"a@b.example"},{"eventName":"x","dataFields":[]},{"eventName":" "},{"eventName":"emailSend"}]""");

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("code").GetString().ShouldBe("invalid");
        body.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString())
            .ShouldBe(["/1", "/2/eventName", "/3/dataFields", "/4/eventName"]);
        body.GetProperty("stored").GetInt32().ShouldBe(2);
        _world.Events().ShouldBe(["emailOpen of a@b.example", "emailSend of "], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\"x\"")]
    [InlineData("[1] 2")]
    public async Task Post_NoJsonOrNoEvent_IsRefused(string body) =>
        (await _world.PostAsync(body)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Post_EmptyArray_StoresNothing() => (await _world.PostAsync("[]")).Status.ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task Post_AboveFourMebibytes_IsTooLarge()
    {
        var (status, _, _) = await _world.PostAsync(new string(' ', WebhookRoom.LargestBody + 1));
        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        var large = Payloads.Event("emailOpen", "a@b.example");
        large["dataFields"]!["text"] = new string('x', WebhookRoom.LargestBody - 2000);
        (await _world.TakeAsync(large)).Stored.ShouldBe(1);
    }

    [Fact]
    public async Task Post_HalfASurrogatePair_IsReadableInTheStore()
    {
        await _world.PostAsync("""{"eventName":"smsReceived","userId":"u\ud83d","dataFields":{"a\ude00":"x\ud83dy","b":"\ud83d\ude00 \\ud83d"}}""");

        _world.Value("SELECT properties ->> '/b' FROM event", r => r.GetString(0)).ShouldBe("😀 \\ud83d");
        _world.Events().ShouldBe(["smsReceived of u\ufffd"]);
    }

    [Fact]
    public async Task Post_FieldNamedLikeSomethingOfTheEvent_DoesNotTakeItsPlace()
    {
        await _world.PostAsync("""{"eventName":"emailSend","userId":"u","dataFields":{"$source":"me","time":1,"distinct_id":"x","a":1,"a":2}}""");

        _world.Value("SELECT properties FROM event", r => r.GetString(0))
            .ShouldBe("""{"$source":"iterable","iterable_$source":"me","iterable_time":1,"iterable_distinct_id":"x","a":2}""");
    }

    [Fact]
    public async Task Unresolved_PersonAppears_TakesTheirEventsAlong()
    {
        await _world.TakeAsync(
            Payloads.Event("emailSend", "A@b.example", createdAt: "2026-11-01 00:00:00 +00:00"),
            Payloads.Event("emailOpen", "a@b.example", createdAt: "2026-11-02 00:00:00 +00:00"),
            Payloads.Event("pushSend", "c@d.example", "u7"),
            Payloads.Event("emailSubscribe"));

        var unresolved = await _world.UnresolvedAsync();
        unresolved.Select(u => (u.GetProperty("identifier").GetString(), u.GetProperty("events").GetInt32()))
            .ShouldBe([("a@b.example", 2), ("u7", 1), ("", 1)]);
        unresolved[0].GetProperty("firstAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        unresolved[0].GetProperty("lastAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero));

        await _world.SetAsync("p1", email: " A@B.example ");
        await _world.SetAsync("p2", iterableUserId: "u7");

        (await _world.UnresolvedAsync()).Select(u => u.GetProperty("identifier").GetString()).ShouldBe([""]);
        _world.Events().Order().ShouldBe(["emailOpen of p1", "emailSend of p1", "emailSubscribe of ", "pushSend of p2"]);
        _world.Value("SELECT count(*) FROM identity", r => r.GetInt64(0)).ShouldBe(2);
        (await _world.TakeAsync(Payloads.Event("inAppOpen", "c@d.example", "u7"))).ShouldBe((1, 0, 0));
    }

    [Fact]
    public async Task Unresolved_ByAddressOfAnEventKeptUnderItsUserId_IsRecognised()
    {
        await _world.TakeAsync(Payloads.Event("pushSend", "c@d.example", "u7"));
        await _world.SetAsync("p2", email: "c@d.example");

        (await _world.UnresolvedAsync()).ShouldBeEmpty();
        _world.Events().ShouldBe(["pushSend of p2"]);
    }

    [Fact]
    public async Task Unresolved_ProfileUnderThatId_KeepsItsPlace()
    {
        await _world.TakeAsync(Payloads.Event("pushSend", userId: "u7"), Payloads.Event("emailSend", "a@b.example"));
        await _world.SetAsync("u7");
        await _world.SetAsync("a@b.example");

        (await _world.UnresolvedAsync()).ShouldBeEmpty();
        _world.Events().Order().ShouldBe(["emailSend of a@b.example", "pushSend of u7"]);
    }

    [Fact]
    public async Task Unresolved_ToAConsumer_ShowsNoIdentifier()
    {
        await _world.TakeAsync(Payloads.Event("emailSend", "a@b.example"));
        using var consumer = await _world.Muster.SignInAsync("consumer", _world.ProjectId, TestContext.Current.CancellationToken);

        (await _world.UnresolvedAsync(consumer)).Single().GetProperty("identifier").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Resolution_ProfileThatWasThePerson_IsNotBelievedAnyMore()
    {
        await _world.SetAsync("p1", email: "a@b.example");
        await _world.SetAsync("p2", email: "a@b.example");
        await _world.TakeAsync(Payloads.Event("emailSend", "a@b.example"));
        await _world.SetAsync("p1", email: "other@b.example");
        await _world.TakeAsync(Payloads.Event("emailOpen", "a@b.example"));
        await _world.ApplyAsync("p2", new ProfileOperation.Delete());
        (await _world.TakeAsync(Payloads.Event("emailClick", "a@b.example"))).Unresolved.ShouldBe(1);

        _world.Events().ShouldBe(["emailSend of p1", "emailOpen of p2", "emailClick of a@b.example"]);
    }
}
