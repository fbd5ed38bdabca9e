using System.Globalization;
using CsCheck;
using Muster.Warehouse;
using Muster.Warehouse.Events;
using Muster.Warehouse.Identities;
using Muster.Warehouse.Messages;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse.Identities;

public sealed class MergingTests
{
    private const string Anon = "5f0c1e4e-0b5a-4c3e-9d2a-1b2c3d4e5f60";

    private const string Canonical = """
        SELECT i.distinct_id, c.distinct_id
        FROM identity i LEFT JOIN alias a USING (user_id) JOIN identity c ON c.user_id = coalesce(a.canonical_id, i.user_id) ORDER BY 1
        """;

    private const string Refusals = "SELECT kind, first_id, second_id, reason FROM refused_merge ORDER BY number";

    private static readonly string[] Ids =
    [
        Anon, "5f0c1e4e-0b5a-4c3e-9d2a-1b2c3d4e5f61", "5f0c1e4e-0b5a-4c3e-9d2a-1b2c3d4e5f62", "5f0c1e4e-0b5a-1c3e-9d2a-1b2c3d4e5f63",
        "ann", "bob", "cyd", "dee", "eve",
    ];

    private static readonly Gen<IdentityClaim> Claims = Gen.Select(Gen.Int[0, 2], Gen.Int[0, Ids.Length - 1], Gen.Int[0, Ids.Length - 1], (kind, a, b) => kind switch
    {
        0 => (IdentityClaim)new IdentityClaim.Identify(Ids[a], Ids[b]),
        1 => new IdentityClaim.Alias(Ids[a], Ids[b]),
        _ => new IdentityClaim.Merge(Ids[a], Ids[b]),
    });

    private static readonly Gen<IdentityClaim> Devices = Gen.Select(Gen.Int[0, 4], Gen.Int[4, 8], (device, user) =>
        (IdentityClaim)new IdentityClaim.Device($"$device:{device}", Ids[user]));

    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private static int _number;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Original_AnyClaimsFailuresAndRestarts_AgreeWithAPlainModel() => AgreeAsync(Claims);

    [Fact]
    public Task Simplified_AnyClaimsFailuresAndRestarts_AgreeWithAPlainModel() => AgreeAsync(Devices);

    [Fact]
    public async Task Merges_InAnyOrder_EndInTheSameClusters() =>
        await Gen.Select(
            Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8], (a, b) => (IdentityClaim)new IdentityClaim.Merge(Ids[a], Ids[b])).Array[1, 10],
            Gen.Int[0, int.MaxValue]).SampleAsync(async (claims, seed) =>
        {
            var shuffled = claims.ToArray();
            new Random(seed).Shuffle(shuffled);
            var first = await CanonicalOfAsync(claims);
            var second = await CanonicalOfAsync(shuffled);
            Partition(second).ShouldBe(Partition(first));
        }, iter: 15, threads: 1);

    [Fact]
    public async Task Identify_OfAnAnonymousWithEventsAndProfile_EverythingIsTheIdentifieds()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([New(Anon)], Token);
        await store.People.ApplyAsync([Set(Anon, ("city", "\"Rome\""), ("plan", "\"free\""))], Token);
        await store.People.ApplyAsync([Set("ann", ("plan", "\"paid\""))], Token);

        await ClaimAsync(store, new IdentityClaim.Identify("ann", Anon));
        await store.People.ApplyAsync([Set(Anon, ("seen", "1"))], Token);

        store.Rows(Canonical).ShouldBe([$"{Anon}|ann", "ann|ann"]);
        store.Rows("SELECT i.distinct_id, properties FROM profile JOIN identity i USING (user_id)")
            .ShouldBe(["""ann|{"plan":"paid","city":"Rome","seen":1}"""]);
    }

    [Fact]
    public async Task Merges_OfOneGroup_CarryAProfileAllTheWay()
    {
        await using var store = new TempStore();
        await store.People.ApplyAsync([Set(Anon, ("x", "1"))], Token);

        await store.People.AppendAsync(
            [Claiming(new IdentityClaim.Identify("bob", Ids[1])), Claiming(new IdentityClaim.Identify("ann", Anon)), Claiming(new IdentityClaim.Merge("ann", "bob"))], Token);

        store.Rows("SELECT i.distinct_id, properties FROM profile JOIN identity i USING (user_id)").ShouldBe(["""bob|{"x":1}"""]);
        store.Number("SELECT count(DISTINCT canonical_id) FROM alias").ShouldBe(1);
    }

    [Fact]
    public async Task Device_WithAProfile_ItsPropertiesAreNotTheUsers()
    {
        await using var store = new TempStore();
        await store.People.ApplyAsync([Set("$device:d", ("a", "1")), Set("ann", ("b", "2"))], Token);

        await ClaimAsync(store, new IdentityClaim.Device("$device:d", "ann"));

        store.Rows("SELECT i.distinct_id, properties FROM profile JOIN identity i USING (user_id)").ShouldBe(["""ann|{"b":2}"""]);
        store.Rows(Canonical).ShouldBe(["$device:d|ann", "ann|ann"]);
    }

    [Fact]
    public async Task Device_OfAnotherUser_IsRefusedOnceAndTheEventSaysSo()
    {
        await using var store = new TempStore();
        await ClaimAsync(store, new IdentityClaim.Device("$device:d", "ann"));
        await ClaimAsync(store, new IdentityClaim.Device("$device:d", "bob"));
        await ClaimAsync(store, new IdentityClaim.Device("$device:d", "bob"));

        store.Rows(Refusals).ShouldBe(["device|$device:d|bob|errDeviceIdAssignedAlready"]);
        store.Rows("""SELECT i.distinct_id, e.properties FROM event e JOIN identity i USING (user_id) ORDER BY e.insert_id::INT""").ShouldBe(
        [
            "ann|{}",
            """bob|{"$identity_failure_reason":"errDeviceIdAssignedAlready"}""",
            """bob|{"$identity_failure_reason":"errDeviceIdAssignedAlready"}""",
        ]);
        store.Rows(Canonical).ShouldBe(["$device:d|ann", "ann|ann", "bob|bob"]);
    }

    [Theory]
    [InlineData("ann", "ann", "errSameIDs")]
    [InlineData("ann", "bob", "errAnonDistinctIdNonGUIDForm")]
    [InlineData("ann", "5f0c1e4e-0b5a-1c3e-9d2a-1b2c3d4e5f63", "errAnonDistinctIdNonGUIDForm")]
    [InlineData("bob", Anon, "errAnonDistinctIdAssignedAlready")]
    public async Task Identify_ThatMustNotBe_IsStoredWithItsReason(string identified, string anonymous, string reason)
    {
        await using var store = new TempStore();
        await ClaimAsync(store, new IdentityClaim.Identify("first", Anon));

        await ClaimAsync(store, new IdentityClaim.Identify(identified, anonymous), """{"x":1}""");

        store.Rows(Refusals).ShouldBe([$"identify|{identified}|{anonymous}|{reason}"]);
        store.Rows("SELECT json_extract_string(properties, '/$failure_reason'), json_extract(properties, '/x') FROM event ORDER BY insert_id::INT DESC LIMIT 1")
            .ShouldBe([$"{reason}|1"]);
    }

    [Fact]
    public async Task Merge_UpToFiveHundredIds_IsDoneAndOneMoreIsRefused()
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([.. Enumerable.Range(1, 498).Select(i => Claiming(new IdentityClaim.Merge("0", Text(i))))], Token);
        await ClaimAsync(store, new IdentityClaim.Merge("a", "b"));

        await ClaimAsync(store, new IdentityClaim.Merge("0", "b"));
        await ClaimAsync(store, new IdentityClaim.Merge("0", "499"));
        await ClaimAsync(store, new IdentityClaim.Merge("499", "500"));
        await ClaimAsync(store, new IdentityClaim.Merge("0", "498"));

        store.Rows(Refusals).ShouldBe(["merge|0|b|errManyIDs", "merge|499|500|errManyIDs"]);
        store.Number("SELECT max(n) FROM (SELECT count(*) + 1 AS n FROM alias GROUP BY canonical_id)").ShouldBe(500);
    }

    [Fact]
    public async Task Alias_UsedBefore_IsRefusedAndChainsHold()
    {
        await using var store = new TempStore();
        await ClaimAsync(store, new IdentityClaim.Alias("a", "b"));
        await ClaimAsync(store, new IdentityClaim.Alias("b", "c"));
        await ClaimAsync(store, new IdentityClaim.Alias("z", "b"));

        store.Rows(Canonical).ShouldBe(["a|a", "b|a", "c|a", "z|z"]);
        store.Rows(Refusals).ShouldBe(["alias|z|b|errAliasAlreadyExists"]);
    }

    [Fact]
    public async Task ProfileOfAMergedPerson_Deleted_ThePersonStays()
    {
        await using var store = new TempStore();
        await ClaimAsync(store, new IdentityClaim.Merge("a", "b"));
        await store.People.ApplyAsync([Set("b", ("x", "1"))], Token);

        await store.People.ApplyAsync([new ProfileUpdate { ProjectId = 1, DistinctId = "b", Operations = [new ProfileOperation.Delete()], IgnoreAlias = true }], Token);
        store.Number("SELECT count(*) FROM profile").ShouldBe(1);

        await store.People.ApplyAsync([new ProfileUpdate { ProjectId = 1, DistinctId = "b", Operations = [new ProfileOperation.Delete()] }], Token);
        store.Number("SELECT count(*) FROM profile").ShouldBe(0);
        store.Rows(Canonical).ShouldBe(["a|a", "b|a"]);
    }

    [Fact]
    public async Task EraseAsync_AMergedPerson_NothingIsLeftAndTheIdsAreNewPeople()
    {
        await using var store = new TempStore();
        await ClaimAsync(store, new IdentityClaim.Identify("ann", Anon));
        await ClaimAsync(store, new IdentityClaim.Identify("bob", Anon));
        await store.People.ApplyAsync([Set(Anon, ("$email", "\"ann@x.example\""))], Token);

        (await store.People.EraseAsync(1, Anon, Token)).ShouldBe(new(2, 1, 1, 1));

        store.Rows("SELECT distinct_id FROM identity").ShouldBe(["bob"]);
        foreach (var table in new[] { "profile", "alias", "identity_use", "refused_merge" })
        {
            store.Number($"SELECT count(*) FROM {table}").ShouldBe(0, table);
        }

        await store.ReopenAsync();
        await ClaimAsync(store, new IdentityClaim.Identify("bob", Anon));
        store.Rows(Canonical).ShouldBe([$"{Anon}|bob", "bob|bob"]);
        store.Number("SELECT count(*) FROM identity WHERE user_id IN (SELECT user_id FROM retired_user_id)").ShouldBe(0);
    }

    [Fact]
    public async Task EraseAsync_SomeoneOnlyMessagesNamed_IsNoStrangerAnyMore()
    {
        await using var store = new TempStore();
        var message = new NewMessage
        {
            ProjectId = 1,
            Name = "emailOpen",
            Email = "ann@x.example",
            InsertId = "iterable-1",
            Properties = "{}"u8.ToArray(),
            ReceivedAt = Noon,
        };
        await store.People.AddAsync([message], Token);

        (await store.People.EraseAsync(1, "ann@x.example", Token)).Events.ShouldBe(1);

        store.Number("SELECT count(*) FROM unresolved").ShouldBe(0);
        store.Number("SELECT count(*) FROM identity").ShouldBe(0);
        (await store.People.AddAsync([message with { InsertId = "iterable-2" }], Token)).Unresolved.ShouldBe(1);
        store.Number("SELECT count(*) FROM event JOIN identity USING (user_id)").ShouldBe(1);
    }

    private static async Task AgreeAsync(Gen<IdentityClaim> claims) =>
        await Gen.Select(claims.Array[1, 6], Gen.Int[0, 9]).Array[1, 8].SampleAsync(async calls =>
        {
            await using var store = new TempStore();
            var model = new ClusterModel();
            var refused = new List<string>();
            foreach (var (call, fate) in calls)
            {
                var events = call.Select(c => Claiming(c)).ToList();
                if (fate == 0)
                {
                    // A name that cannot be stored takes the whole call down with it.
                    await Should.ThrowAsync<WarehouseUnavailableException>(store.People.AppendAsync([.. events, New("x") with { Name = null! }], Token));
                    continue;
                }

                await store.People.AppendAsync(events, Token);
                foreach (var claim in call)
                {
                    model.See(Whose(claim));
                    if (model.Apply(claim) is { } reason)
                    {
                        var (kind, first, second) = claim.Parts;
                        refused.Add($"{kind}|{first}|{second}|{reason}");
                    }
                }

                if (fate == 1)
                {
                    await store.ReopenAsync();
                }
            }

            store.Rows(Canonical).Order(StringComparer.Ordinal).ShouldBe(model.Rows);
            store.Rows(Refusals).ShouldBe(refused.Distinct(), ignoreOrder: true);
            store.Number("SELECT count(*) FROM (SELECT user_id FROM alias GROUP BY 1 HAVING count(*) > 1)").ShouldBe(0);
            store.Rows("SELECT i.distinct_id FROM identity_use JOIN identity i USING (user_id) WHERE used_as = 'identified'")
                .ShouldBe(model.Identified, ignoreOrder: true);
        }, iter: 20, threads: 1);

    private static async Task<List<string>> CanonicalOfAsync(IEnumerable<IdentityClaim> claims)
    {
        await using var store = new TempStore();
        await store.People.AppendAsync([.. claims.Select(c => Claiming(c))], Token);
        return store.Rows(Canonical);
    }

    private static IEnumerable<string> Partition(List<string> rows) => rows.Select(r => r.Split('|')).GroupBy(r => r[1], r => r[0])
        .Select(g => string.Join(',', g.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal);

    private static string Whose(IdentityClaim claim) => claim is IdentityClaim.Device(_, var user) ? user : claim.Parts.FirstId;

    private static Task<AppendOutcome> ClaimAsync(TempStore store, IdentityClaim claim, string properties = "{}") =>
        store.People.AppendAsync([Claiming(claim, properties)], Token);

    private static NewEvent Claiming(IdentityClaim claim, string properties = "{}") =>
        New(Whose(claim)) with { Claim = claim, Properties = System.Text.Encoding.UTF8.GetBytes(properties) };

    private static NewEvent New(string distinctId) => new()
    {
        ProjectId = 1,
        Name = "did",
        DistinctId = distinctId,
        Time = Noon,
        InsertId = Text(Interlocked.Increment(ref _number)),
        Properties = "{}"u8.ToArray(),
        ReceivedAt = Noon.AddDays(1),
    };

    private static ProfileUpdate Set(string who, params (string Name, string Json)[] properties) => new()
    {
        ProjectId = 1,
        DistinctId = who,
        Operations = [new ProfileOperation.Set([.. properties.Select(p => new KeyValuePair<string, string>(p.Name, p.Json))])],
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
