using Muster.Syncs.Results;
using Muster.Tests.Unit.Warehouse;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Messages;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs.Results;

public sealed class ResultReaderTests : IAsyncDisposable
{
    private readonly TempStore _store = new();
    private int _messages;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Read_MembersAndOthers_CountsWhatMembersDidSinceTheyCameOntoTheList()
    {
        await PeopleAsync("anna", "ben", "cleo");
        using (var connection = _store.Store.Open())
        {
            DuckDbStore.Execute(connection, """
                INSERT INTO ledger SELECT 5, 7, user_id, user_id, NULL, NULL, 11, true FROM identity WHERE distinct_id = 'anna';
                INSERT INTO ledger_past SELECT 5, 7, user_id, user_id, NULL, NULL, 10, 12 FROM identity WHERE distinct_id = 'ben';
                """);
        }

        await AddAsync(
            M("emailSend", "anna", "2026-11-09 12:00:00", 1), // before she was on it
            M("emailSend", "anna", "2026-11-10 12:00:00", 1), M("emailOpen", "anna", "2026-11-10 13:00:00", 1),
            M("emailOpen", "anna", "2026-11-10 23:30:00", 1), // already the 11th in Berlin
            M("emailSend", "ben", "2026-11-10 12:00:00", 1), M("emailBounce", "ben", "2026-11-10 12:00:05", 1),
            M("pushSend", "ben", "2026-11-10 12:00:00", 2), M("emailClick", "ben", "2026-11-10 12:00:00", 2), M("emailUnSubscribe", "ben", "2026-11-10 12:00:00", 2),
            M("emailSend", "cleo", "2026-11-10 12:00:00", 1),
            M("emailSend", "anna", "2026-11-20 12:00:00", 3));

        var results = new ResultReader(_store.Store).Read(new ResultQuestion(
            5, 1, "Europe/Berlin", new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 19),
            [(10, new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)), (11, new DateTimeOffset(2026, 11, 10, 0, 0, 0, TimeSpan.Zero))]));

        results.Members.ShouldBe(2);
        results.Totals.ShouldBe(new ResultCounts { Sends = 3, Opens = 2, Clicks = 1, Unsubscribes = 1, Bounces = 1 });
        results.Totals.Delivered.ShouldBe(2);
        results.Items.Select(i => (i.CampaignId, i.CampaignName, i.Day.Day, i.Counts)).ShouldBe(
        [
            ("1", "Campaign 1", 10, new ResultCounts { Sends = 2, Opens = 1, Bounces = 1 }),
            ("2", "Campaign 2", 10, new ResultCounts { Sends = 1, Clicks = 1, Unsubscribes = 1 }),
            ("1", "Campaign 1", 11, new ResultCounts { Opens = 1 }),
        ]);
    }

    private Task<IReadOnlyList<ProfileOutcome>> PeopleAsync(params string[] ids) => _store.People.ApplyAsync(
        [.. ids.Select(id => new ProfileUpdate { ProjectId = 1, DistinctId = id, Operations = [new ProfileOperation.Set([new("a", "1")])] })],
        TestContext.Current.CancellationToken);

    private Task<MessageOutcome> AddAsync(params NewMessage[] messages) => _store.People.AddAsync(messages, TestContext.Current.CancellationToken);

    private NewMessage M(string name, string userId, string time, int campaign) => new()
    {
        ProjectId = 1,
        Name = name,
        UserId = userId,
        Time = DateTime.SpecifyKind(DateTime.Parse(time, null), DateTimeKind.Utc),
        InsertId = $"{NewMessage.InsertIdPrefix}{_messages++}",
        Properties = System.Text.Encoding.UTF8.GetBytes($$"""{"campaignId":{{campaign}},"campaignName":"Campaign {{campaign}}"}"""),
        ReceivedAt = new DateTime(2026, 11, 25, 0, 0, 0, DateTimeKind.Utc),
    };
}
