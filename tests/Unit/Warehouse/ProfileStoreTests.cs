using CsCheck;
using Muster.Warehouse.Events;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class ProfileStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Each id that has neither is nobody; each that has one of them is somebody, once.
    private const string IdentityFaults = """
        SELECT count(*) FROM (
            SELECT user_id FROM identity EXCEPT (SELECT user_id FROM event UNION SELECT user_id FROM profile)
            UNION ALL
            (SELECT user_id FROM event WHERE user_id IS NOT NULL UNION SELECT user_id FROM profile) EXCEPT SELECT user_id FROM identity
            UNION ALL
            SELECT user_id FROM identity GROUP BY user_id HAVING count(*) > 1
            UNION ALL
            SELECT min(user_id) FROM identity GROUP BY project_id, distinct_id HAVING count(*) > 1)
        """;

    private const string Profiles = "SELECT i.distinct_id, p.properties FROM profile p JOIN identity i USING (user_id) ORDER BY 1";

    private static readonly string[] JsonValues = ["1", "null", "\"x\"", "[1,2]"];

    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task ApplyAsync_NewProfile_PromotedColumnsRepeatTheProperties()
    {
        await using var store = new TempStore();

        await store.People.ApplyAsync([Update("a", Set(
            ("$email", "\"A@x.example\""), ("$iterable_user_id", "42"), ("$first_name", "null"), ("$last_name", "\"Ü\""))) with { LastSeen = Noon }], Token);

        store.Rows("SELECT project_id, email, iterable_user_id, first_name, last_name, last_seen FROM profile")
            .ShouldBe(["1|A@x.example|42||Ü|2026-03-01T12:00:00.000"]);
    }

    [Fact]
    public async Task ApplyAsync_ListOfUpdates_ApplyInOrder()
    {
        await using var store = new TempStore();

        await store.People.ApplyAsync([Update("a", Set(("n", "1"))), Update("b", Set()), Update("a", Set(("n", "2")))], Token);

        store.Rows(Profiles).ShouldBe(["""a|{"n":2}""", "b|{}"]);
    }

    [Fact]
    public async Task ApplyAsync_DeleteOfSomeoneWithoutEvents_TheyAreNobodyAndTheirNumberIsNotUsedAgain()
    {
        await using var store = new TempStore();
        await store.People.ApplyAsync([Update("a", Set()), Update("b", Set())], Token);

        await store.People.ApplyAsync([Update("b", new ProfileOperation.Delete())], Token);
        store.Rows("SELECT user_id, distinct_id FROM identity").ShouldBe(["1|a"]);

        await store.ReopenAsync();
        await store.People.ApplyAsync([Update("b", Set())], Token);
        store.Rows("SELECT user_id, distinct_id FROM identity ORDER BY 1").ShouldBe(["1|a", "3|b"]);
    }

    [Fact]
    public async Task ApplyAsync_DeleteOfSomeoneWithEvents_TheyStay()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([Event("a", 1)], Token);
        await store.People.ApplyAsync([Update("a", Set())], Token);

        await store.People.ApplyAsync([Update("a", new ProfileOperation.Delete())], Token);

        store.Rows("SELECT user_id, distinct_id FROM identity").ShouldBe(["1|a"]);
        store.Number("SELECT count(*) FROM profile").ShouldBe(0);
    }

    [Fact]
    public async Task ApplyAsync_UnsetOfAStranger_MakesNobody()
    {
        await using var store = new TempStore();

        await store.People.ApplyAsync([Update("a", new ProfileOperation.Unset(["x"])), Update("b", new ProfileOperation.Delete())], Token);

        store.Number("SELECT count(*) FROM identity").ShouldBe(0);
    }

    [Fact]
    public async Task ApplyAsync_OneProfileIsFull_OnlyItsUpdateIsRefused()
    {
        await using var store = new TempStore();
        var full = Set([.. Enumerable.Range(0, ProfileDocument.MaxProperties).Select(i => ($"p{i}", "0"))]);
        await store.People.ApplyAsync([Update("a", full)], Token);

        (await store.People.ApplyAsync([Update("b", Set(("x", "1"))), Update("a", Set(("x", "1")))], Token))
            .ShouldBe([ProfileOutcome.Applied, ProfileOutcome.TooManyProperties]);
    }

    [Fact]
    public async Task ApplyAsync_ManyAtOnce_NoUpdateIsLost()
    {
        await using var store = new TempStore();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() =>
            store.People.ApplyAsync([Update($"u{i % 7}", Set(($"p{i}", "1")))], Token))));

        store.Number("SELECT sum(len(json_keys(properties))) FROM profile").ShouldBe(100);
        store.Number(IdentityFaults).ShouldBe(0);
    }

    [Fact]
    public async Task Writes_AnySequence_AgreeWithAPlainModel()
    {
        var operation = Gen.OneOf<ProfileOperation>(
            Properties().Select(p => (ProfileOperation)new ProfileOperation.Set(p)),
            Properties().Select(p => (ProfileOperation)new ProfileOperation.SetOnce(p)),
            Name().List[0, 2].Select(names => (ProfileOperation)new ProfileOperation.Unset(names)),
            Gen.Const((ProfileOperation)new ProfileOperation.Delete()));
        var update = Gen.Select(Gen.Int[0, 4], operation.List[1, 3]).Select((who, operations) => Update($"u{who}", [.. operations]));
        var call = Gen.Select(update.List[0, 5], Gen.Int[0, 9].List[0, 1]);

        await call.List[1, 12].SampleAsync(async calls =>
        {
            await using var store = new TempStore();
            var model = new Dictionary<string, Dictionary<string, string>>();
            var events = new HashSet<string>();
            foreach (var (updates, byWhom) in calls)
            {
                updates.ForEach(u => Apply(model, u));
                events.UnionWith(byWhom.Select(i => $"u{i}"));
                await Task.WhenAll(
                    store.People.ApplyAsync(updates, Token),
                    store.People.AppendAsync([.. byWhom.Select(i => Event($"u{i}", i))], Token));
            }

            store.Rows("SELECT distinct_id FROM identity ORDER BY 1").ShouldBe(model.Keys.Union(events).Order(StringComparer.Ordinal));
            store.Number(IdentityFaults).ShouldBe(0);
            store.Rows("""
                SELECT distinct_id, k, json_extract(properties, '/' || k)
                FROM (SELECT i.distinct_id, p.properties, unnest(json_keys(p.properties)) AS k FROM profile p JOIN identity i USING (user_id)) ORDER BY 1, 2
                """).ShouldBe(model.OrderBy(p => p.Key, StringComparer.Ordinal)
                    .SelectMany(p => p.Value.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{p.Key}|{v.Key}|{v.Value}")));
            store.Number("SELECT count(*) FROM profile").ShouldBe(model.Count);
        }, iter: 40, threads: 1);

        static Gen<string> Name() => Gen.Int[0, 3].Select(i => $"p{i}");
        static Gen<List<KeyValuePair<string, string>>> Properties() =>
            Gen.Select(Name(), Gen.Int[0, 3].Select(i => JsonValues[i])).Select((n, v) => new KeyValuePair<string, string>(n, v)).List[0, 3];
    }

    private static void Apply(Dictionary<string, Dictionary<string, string>> model, ProfileUpdate update)
    {
        foreach (var operation in update.Operations)
        {
            if (operation is ProfileOperation.Delete)
            {
                model.Remove(update.DistinctId);
            }
            else if (operation is ProfileOperation.Unset unset && model.TryGetValue(update.DistinctId, out var stored))
            {
                unset.Names.ToList().ForEach(name => stored.Remove(name));
            }
            else if (operation is ProfileOperation.Set or ProfileOperation.SetOnce)
            {
                var profile = model.TryGetValue(update.DistinctId, out var there) ? there : model[update.DistinctId] = [];
                foreach (var (name, value) in operation is ProfileOperation.Set set ? set.Properties : ((ProfileOperation.SetOnce)operation).Properties)
                {
                    if (operation is ProfileOperation.Set || !profile.ContainsKey(name))
                    {
                        profile[name] = value;
                    }
                }
            }
        }
    }

    private static ProfileOperation.Set Set(params (string Name, string Json)[] properties) =>
        new([.. properties.Select(p => new KeyValuePair<string, string>(p.Name, p.Json))]);

    private static ProfileUpdate Update(string who, params ProfileOperation[] operations) =>
        new() { ProjectId = 1, DistinctId = who, Operations = operations };

    private static NewEvent Event(string who, int minute) => new()
    {
        ProjectId = 1,
        Name = "did",
        DistinctId = who,
        Time = Noon.AddMinutes(minute),
        InsertId = "i",
        Properties = "{}"u8.ToArray(),
        ReceivedAt = Noon.AddDays(1),
    };
}
