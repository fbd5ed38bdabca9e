using Microsoft.Extensions.Time.Testing;
using Muster.Sandbox;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Faults;
using Muster.Sandbox.Journal;

namespace Muster.Tests.Unit.Sandbox.Audience;

/// <summary>A sandbox project without its web server, holding one list.</summary>
internal sealed class TestAudience : IDisposable
{
    private readonly JournalFile? _journal;

    public TestAudience(SandboxProjectType type, string? dataFile = null)
    {
        Store = JournalFile.Open(new SandboxOptions { ProjectType = type, DataFile = dataFile }, Clock, out _journal);
        var identification = new Identification(Store);
        var check = new RowCheck(Store, Planted);
        var fields = new ProfileFields(Store);
        Subscriptions = new Subscriptions(Store, identification, check, fields);
        Profiles = new Profiles(Store, identification, check, fields);
        lock (Store.Gate)
        {
            List = Store.Lists.Count > 0 ? Store.Lists.First() : Store.CreateList("list", null);
            Store.Commit();
        }
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public PlantedSubscribers Planted { get; } = new();

    public AudienceStore Store { get; }

    public Subscriptions Subscriptions { get; }

    public Profiles Profiles { get; }

    public UserList List { get; }

    public static SubscriberRow Row(string? email = null, string? userId = null) => new() { Email = email, UserId = userId };

    public BulkOutcome Add(string? email = null, string? userId = null, bool existingOnly = false) =>
        Subscriptions.Subscribe(List.Id, [Row(email, userId)], existingOnly)!;

    public BulkOutcome Remove(string? email = null, string? userId = null, bool channel = false) =>
        Subscriptions.Unsubscribe(List.Id, [Row(email, userId)], channel)!;

    /// <summary>The list as <c>email/userId</c>, sorted.</summary>
    public IReadOnlyList<string> Members() =>
        [.. List.Members.Keys.Select(user => $"{user.Email}/{user.UserId}").Order(StringComparer.Ordinal)];

    public void Dispose() => _journal?.Dispose();
}
