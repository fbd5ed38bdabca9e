using DuckDB.NET.Data;
using Muster.Warehouse.Events;
using Muster.Warehouse.Messages;
using Muster.Warehouse.Privacy;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>Events, message events and profiles in DuckDB, through one group-committing writer.</summary>
/// <remarks>What it keeps in memory is read in the background when it is made; the first write waits for that.</remarks>
internal sealed class DuckDbPeople(DuckDbStore store) : IEventStore, IProfileStore, IMessageStore, IPersonEraser, IBetweenWrites, IAsyncDisposable
{
    // A group of this many rows commits in about 50 ms; larger ones gain nothing more.
    internal const int LargestGroup = 16_384;

    private readonly GroupWriter<PeopleWrite> _writer = new(store, new PeopleWork(), LargestGroup);

    public async Task<AppendOutcome> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return new AppendOutcome(0, 0);
        }

        var write = new PeopleWrite.Events(events);
        await WriteAsync(write, cancellationToken);
        return new AppendOutcome(write.Stored, events.Count - write.Stored);
    }

    public async Task<IReadOnlyList<ProfileOutcome>> ApplyAsync(IReadOnlyList<ProfileUpdate> updates, CancellationToken cancellationToken)
    {
        if (updates.Count == 0)
        {
            return [];
        }

        var write = new PeopleWrite.Profiles(updates);
        await WriteAsync(write, cancellationToken);
        return write.Outcomes;
    }

    public async Task<ErasedRecords> EraseAsync(int projectId, string distinctId, CancellationToken cancellationToken)
    {
        var write = new PeopleWrite.Erasure(projectId, distinctId);
        await WriteAsync(write, cancellationToken);
        return write.Erased;
    }

    public async Task<MessageOutcome> AddAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return new MessageOutcome(0, 0, 0);
        }

        var write = new PeopleWrite.Messages(messages);
        await WriteAsync(write, cancellationToken);
        return new MessageOutcome(write.Stored, messages.Count - write.Stored, write.Unresolved);
    }

    public Task RunAsync(Action<DuckDBConnection> statements, CancellationToken cancellationToken) =>
        WriteAsync(new PeopleWrite.Upkeep(statements), cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    internal async Task WriteAsync(PeopleWrite write, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.WriteAsync(write, cancellationToken);
        }
        catch (DuckDBException e)
        {
            throw new WarehouseUnavailableException("The store could not commit this write; nothing of it was stored. Send it again in a moment.", e);
        }
    }
}
