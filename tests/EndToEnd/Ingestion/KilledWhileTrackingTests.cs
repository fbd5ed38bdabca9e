using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Ingestion;

/// <summary>What browsers and servers send one by one: events to /track, and updates to /engage that would count double if they were done twice.</summary>
public sealed class KilledWhileTrackingTests
{
    private const int Rounds = 3;
    private const int Senders = 8;
    private const int AnswersBeforeAKill = 150;
    private const int UpdatesPerRequest = 20;

    private const string EventCounts = "SELECT count(*)::VARCHAR, count(DISTINCT insert_id)::VARCHAR FROM event";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrackAndEngage_KilledAgainAndAgain_WhatWasAcknowledgedIsThereAndNothingTwice()
    {
        await using var muster = await MusterProcess.StartAsync();
        var token = await NewProjectAsync(muster);
        var sent = new Sent();
        for (var round = 0; round < Rounds; round++)
        {
            await SendUntilKilledAsync(muster, token, sent);
            await muster.StartAgainAsync();
        }

        // Whoever had no answer sends the event again, as SDKs do; it may be there already.
        using var client = new HttpClient { BaseAddress = muster.Address };
        foreach (var number in sent.Events.Where(e => !e.Value).Select(e => e.Key))
        {
            (await PostAsync(client, "/track", Event(token, number))).ShouldBe("1");
        }

        (await muster.StopAsync()).ShouldBe(0);
        var all = sent.Events.Count.ToString(CultureInfo.InvariantCulture);
        StoredData.Read(muster.DataDir, EventCounts).Single().ShouldBe([all, all]);

        var profiles = StoredData.Read(muster.DataDir, StoredData.People).ToDictionary(row => row[0], row => JsonNode.Parse(row[1])!["n"]!.GetValue<int>());
        foreach (var (sender, (answered, unanswered)) in sent.Updates)
        {
            // A request is done whole or not at all.
            var requests = Math.DivRem(profiles.GetValueOrDefault($"u{sender}"), UpdatesPerRequest, out var rest);
            rest.ShouldBe(0);
            requests.ShouldBeInRange(answered, answered + unanswered);
        }
    }

    private static async Task SendUntilKilledAsync(MusterProcess muster, string token, Sent sent)
    {
        using var client = new HttpClient { BaseAddress = muster.Address };
        using var answered = new SemaphoreSlim(0);
        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync(client, token, sender, sent, answered)));
        for (var answers = 0; answers < AnswersBeforeAKill; answers++)
        {
            await answered.WaitAsync(Token);
        }

        await muster.KillAsync();
        await sending;
    }

    // Sends until the program is gone.
    private static async Task SendAsync(HttpClient client, string token, int sender, Sent sent, SemaphoreSlim answered)
    {
        var update = $"[{string.Join(',', Enumerable.Repeat($$"""{"$token":"{{token}}","$distinct_id":"u{{sender}}","$add":{"n":1} }""", UpdatesPerRequest))}]";
        while (true)
        {
            var number = Interlocked.Increment(ref sent.Last);
            var updates = number % 2 == 0;
            if (!updates)
            {
                sent.Events[number] = false;
            }

            try
            {
                (await PostAsync(client, updates ? "/engage" : "/track", updates ? update : Event(token, number))).ShouldBe("1");
            }
            catch (Exception fault) when (MusterProcess.IsOfAKill(fault))
            {
                sent.Note(sender, answered: 0, unanswered: updates ? 1 : 0);
                return;
            }

            sent.Note(sender, answered: updates ? 1 : 0, unanswered: 0);
            if (!updates)
            {
                sent.Events[number] = true;
            }

            answered.Release();
        }
    }

    private static async Task<string> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    // Without a time: it is stored under that of its arrival, which is another when it is sent again.
    private static string Event(string token, int number) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"event":"e","properties":{"token":"{{token}}","distinct_id":"d{{number % 50}}","$insert_id":"n-{{number}}"} }""");

    private static async Task<string> NewProjectAsync(MusterProcess muster)
    {
        using var made = await muster.Http.PostAsJsonAsync(new Uri("/api/v1/projects", UriKind.Relative), new { name = "p" }, Token);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
    }

    private sealed class Sent
    {
        public int Last;

        /// <summary>Every event by its number, and whether it was acknowledged.</summary>
        public ConcurrentDictionary<int, bool> Events { get; } = [];

        /// <summary>How many requests of updates each sender had answered, and how many not.</summary>
        public ConcurrentDictionary<int, (int Answered, int Unanswered)> Updates { get; } = [];

        public void Note(int sender, int answered, int unanswered) =>
            Updates.AddOrUpdate(sender, (answered, unanswered), (_, former) => (former.Answered + answered, former.Unanswered + unanswered));
    }
}
