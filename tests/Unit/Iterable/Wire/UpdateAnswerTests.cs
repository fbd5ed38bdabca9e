using System.Text.Json;
using CsCheck;
using Muster.Control;
using Muster.Iterable.Wire;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Wire;

public class UpdateAnswerTests
{
    private static readonly ListBatch Two = Batches.Add(new Subscriber(10, "ann@x.de", "Ann"), new Subscriber(11, "bob@x.de", "Bob"));

    [Theory]
    [InlineData("forgottenEmails", "ann@x.de", "forgotten")]
    [InlineData("forgottenUserIds", "Ann", "forgotten")]
    [InlineData("conflictEmails", "ann@x.de", "conflict")]
    [InlineData("conflictUserIds", "Ann", "conflict")]
    [InlineData("invalidEmails", "ann@x.de", "invalid_email")]
    [InlineData("invalidUserIds", "Ann", "invalid_user_id")]
    [InlineData("invalidDataEmails", "ANN@x.DE", "invalid_data")]
    [InlineData("invalidDataUserIds", "Ann", "invalid_data")]
    [InlineData("notFoundEmails", " Ann@x.de ", "not_found")]
    [InlineData("notFoundUserIds", "Ann", "not_found")]
    public void Read_EachClass_NamesTheSubscriber(string name, string value, string reason) =>
        Read($$$"""{"successCount":1,"failCount":1,"failedUpdates":{"{{{name}}}":["{{{value}}}"]}}""")
            .ShouldBe([new Rejection(10, reason)]);

    [Theory]
    [InlineData("""{"successCount":1,"failCount":1,"invalidEmails":["bob@x.de"]}""", "invalid_email")]
    [InlineData("""{"successCount":1,"failCount":1,"invalidUserIds":["Bob"],"failedUpdates":null}""", "invalid_user_id")]
    [InlineData("""{"successCount":1,"failCount":1,"invalidEmails":["bob@x.de"],"failedUpdates":{"notFoundEmails":["bob@x.de"]}}""", "not_found")]
    [InlineData("""{"successCount":1,"failCount":1,"failedUpdates":{"notFoundEmails":["bob@x.de"],"forgottenUserIds":["Bob"]}}""", "forgotten")]
    [InlineData("""{"successCount":1,"failCount":1,"failedUpdates":{"conflictEmails":null,"invalidDataUserIds":["Bob",null]}}""", "invalid_data")]
    public void Read_OldNamesAndSeveralClasses_TakesTheMostTelling(string answer, string reason) =>
        Read(answer).ShouldBe([new Rejection(11, reason)]);

    [Theory]
    [InlineData("""{"successCount":2,"failCount":0}""", "counted as sent")]
    [InlineData("""{"successCount":0,"failCount":0,"failedUpdates":{}}""", "unchanged ones not counted")]
    [InlineData("""{"successCount":2,"failCount":0,"failedUpdates":{"notFoundEmails":["stranger@x.de"],"invalidUserIds":["ann"]}}""", "names that were not sent; user ids are exact")]
    [InlineData("""{"successCount":2,"failCount":0,"failedUpdates":{"somethingNew":["ann@x.de"]},"createdFields":[]}""", "keys not known")]
    public void Read_NobodyOfOursNamedAndNoFailureCounted_AllSucceeded(string answer, string why) => Read(answer).ShouldBeEmpty(why);

    [Fact]
    public void Read_FewerFailuresCountedThanNamed_TrustsTheNames() =>
        Read("""{"successCount":2,"failCount":0,"failedUpdates":{"conflictEmails":["ann@x.de","bob@x.de"]}}""").Count.ShouldBe(2);

    [Theory]
    [InlineData("""{"failCount":0}""")]
    [InlineData("""{"successCount":2}""")]
    [InlineData("""{"successCount":"2","failCount":0}""")]
    [InlineData("""{"successCount":1.5,"failCount":0}""")]
    [InlineData("""{"successCount":-1,"failCount":0}""")]
    [InlineData("""{"successCount":2,"failCount":1}""")]
    [InlineData("""{"successCount":3,"failCount":0}""")]
    [InlineData("""{"successCount":0,"failCount":2,"failedUpdates":{"conflictEmails":["ann@x.de"]}}""")]
    [InlineData("""{"successCount":1,"failCount":1,"failedUpdates":{"conflictEmails":["stranger@x.de"]}}""")]
    [InlineData("""{"successCount":2,"failCount":0,"failedUpdates":[]}""")]
    [InlineData("""{"successCount":1,"failCount":1,"failedUpdates":{"conflictEmails":"ann@x.de"}}""")]
    [InlineData("""{"successCount":1,"failCount":1,"failedUpdates":{"conflictEmails":[1]}}""")]
    [InlineData("""{"successCount":1,"failCount":1,"failedUpdates":{"conflictEmails":["\ud800"]}}""")]
    [InlineData("""{"code":"Success","msg":"","params":null}""")]
    public void Read_DoesNotSayWhatBecameOfTheBatch_IsUnreadable(string answer) =>
        Should.Throw<UnreadableAnswerException>(() => Read(answer)).Message.ShouldNotContain("@");

    [Fact]
    public void Read_RemovalByAddress_IgnoresUserIdsThatWereNotSent()
    {
        var batch = Batches.Remove(new Subscriber(1, "ann@x.de", "Ann"));
        Read("""{"successCount":1,"failCount":0,"failedUpdates":{"notFoundUserIds":["Ann"]}}""", batch).ShouldBeEmpty();
    }

    [Fact]
    public void Read_TwoRowsOfOneAddress_RejectsBoth()
    {
        var batch = Batches.Add(new Subscriber(1, "a@x.de", "u1"), new Subscriber(2, "a@x.de", "u2"));
        Read("""{"successCount":1,"failCount":1,"failedUpdates":{"forgottenEmails":["a@x.de"]}}""", batch).Count.ShouldBe(2);
    }

    [Fact]
    public void Read_RandomFailures_MapsEachToItsSubscriber()
    {
        // The class that each subscriber fails in (or none), by which of its names, and how its address is spelled.
        var row = Gen.Select(Gen.Int[-1, 4], Gen.Bool, Gen.Bool, Gen.Bool);
        Gen.Select(row.Array[1, 60], Gen.Int[0, 5], Gen.Bool).Sample((rows, strangers, countsLess) =>
        {
            string[] classes = ["forgotten", "conflict", "invalid", "invalidData", "notFound"];
            var batch = Batches.Add([.. rows.Select((r, i) => new Subscriber(100 + i, r.Item2 || !r.Item3 ? $"p{i}@x.de" : null, r.Item3 ? $"U{i}" : null))]);
            var updates = new Dictionary<string, List<string>>();
            var expected = new List<Rejection>();
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i].Item1 < 0)
                {
                    continue;
                }

                var subscriber = batch.Subscribers[i];
                var byEmail = subscriber.Email is not null && (rows[i].Item4 || subscriber.UserId is null);
                var name = byEmail ? (rows[i].Item2 ? subscriber.Email!.ToUpperInvariant() : subscriber.Email!) : subscriber.UserId!;
                var of = classes[rows[i].Item1];
                Named(of + (byEmail ? "Emails" : "UserIds")).Add(name);
                expected.Add(new Rejection(subscriber.Ordinal, of switch
                {
                    "invalid" => byEmail ? "invalid_email" : "invalid_user_id",
                    "invalidData" => "invalid_data",
                    "notFound" => "not_found",
                    _ => of,
                }));
            }

            for (var i = 0; i < strangers; i++)
            {
                Named("conflictUserIds").Add($"stranger{i}");
            }

            var answer = JsonSerializer.Serialize(new
            {
                successCount = countsLess ? 0 : rows.Length - expected.Count,
                failCount = countsLess ? 0 : expected.Count,
                failedUpdates = updates,
            });
            Read(answer, batch).ShouldBe(expected);

            List<string> Named(string key) => updates.TryGetValue(key, out var names) ? names : updates[key] = [];
        });
    }

    private static IReadOnlyList<Rejection> Read(string answer, ListBatch? batch = null)
    {
        using var parsed = JsonDocument.Parse(answer);
        return UpdateAnswer.Read(parsed.RootElement, batch ?? Two, ProjectType.Hybrid).Rejections;
    }
}
