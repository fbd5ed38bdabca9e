using Microsoft.Extensions.Logging;
using Muster.Control.Projects;
using Muster.Ingestion.Bodies;
using Muster.Identity.Merging;
using Muster.Ingestion.Decoding;
using Muster.Warehouse;
using Muster.Warehouse.Events;
using Muster.Warehouse.Profiles;

namespace Muster.Ingestion;

/// <summary>What became of the records of a request.</summary>
internal sealed record IngestionResult
{
    /// <summary>How many records are stored, were stored before, or are valid and not meant to be stored.</summary>
    public int Accepted { get; init; }

    /// <summary>The others, in order.</summary>
    public IReadOnlyList<RecordFault> Faults { get; init; } = [];

    /// <summary>Why none was looked at or could be stored; null: they were.</summary>
    public Refusal? Refusal { get; init; }
}

/// <summary>Takes records in: decodes, finds each one's project, stores what is valid and says what is not. The endpoints only put its results into words.</summary>
internal sealed class IngestionService(
    IEventStore events, IProfileStore profiles, IGroupProfileStore groups, ProjectDirectory projects, TimeProvider clock, ILogger<IngestionService> logger)
{
    /// <summary>Takes events for a project that the credentials named.</summary>
    public async Task<IngestionResult> ImportAsync(int projectId, Body body, bool strict, CancellationToken cancellationToken)
    {
        var rules = new EventRules
        {
            Now = Now(),
            Import = true,
            Strict = strict,
            IdMerge = await projects.FindIdMergeAsync(projectId, cancellationToken),
        };
        var (records, refusal) = await RecordReader.ReadAsync(body, new EventDecoder(rules, projectId, body.Kept), cancellationToken);
        if (records is null)
        {
            return new IngestionResult { Refusal = refusal };
        }

        var accepted = new List<NewEvent>(records.Count);
        var faults = new List<RecordFault>();
        for (var i = 0; i < records.Count; i++)
        {
            Sort(records[i].Event, records[i].Fault, i, accepted, faults);
        }

        if (faults.Count > 0 && !strict)
        {
            logger.ImportRefused(projectId, faults.Count, records.Count);
        }

        return await StoreAsync(records.Count, faults, accepted, cancellationToken);
    }

    /// <summary>Takes events that name their project themselves.</summary>
    /// <param name="body">The body.</param>
    /// <param name="anonymous">The distinct id of events that come without; "" is nobody.</param>
    /// <param name="cancellationToken">Stops before the write, never during it.</param>
    public async Task<IngestionResult> TrackAsync(Body body, string anonymous, CancellationToken cancellationToken)
    {
        var rules = new EventRules { Now = Now(), Import = false, Strict = false, Anonymous = anonymous };
        var (records, refusal) = await RecordReader.ReadAsync(body, new EventDecoder(rules, 0, body.Kept), cancellationToken);
        if (records is null)
        {
            return new IngestionResult { Refusal = refusal };
        }

        var accepted = new List<NewEvent>(records.Count);
        var faults = new List<RecordFault>();
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var (projectId, tokenFault) = await ProjectOfAsync(record.Token, "properties.token", cancellationToken);
            var item = record.Event is null || tokenFault is not null ? null : await OfProjectAsync(record, projectId, anonymous, cancellationToken);
            Sort(item, record.Fault ?? tokenFault, i, accepted, faults);
        }

        return await StoreAsync(records.Count, faults, accepted, cancellationToken);
    }

    /// <summary>Takes updates of people's profiles.</summary>
    public Task<IngestionResult> EngageAsync(Body body, CancellationToken cancellationToken) => UpdateAsync(
        body, new ProfileDecoder(Now(), body.Kept), (update, projectId) => OfProjectAsync(update, projectId, cancellationToken), profiles.ApplyAsync, cancellationToken);

    /// <summary>Takes updates of groups' profiles.</summary>
    public Task<IngestionResult> GroupsAsync(Body body, CancellationToken cancellationToken) => UpdateAsync(
        body, new GroupDecoder(body.Kept), (update, projectId) => ValueTask.FromResult(update with { ProjectId = projectId }), groups.ApplyAsync, cancellationToken);

    private async Task<IngestionResult> UpdateAsync<T>(
        Body body,
        IRecordDecoder<DecodedUpdate<T>> decoder,
        Func<T, int, ValueTask<T>> within,
        Func<IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<ProfileOutcome>>> apply,
        CancellationToken cancellationToken)
        where T : class
    {
        var (records, refusal) = await RecordReader.ReadAsync(body, decoder, cancellationToken);
        if (records is null)
        {
            return new IngestionResult { Refusal = refusal };
        }

        var updates = new List<T>(records.Count);
        var positions = new List<int>(records.Count);
        var faults = new List<RecordFault>();
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var (projectId, tokenFault) = await ProjectOfAsync(record.Token, "$token", cancellationToken);
            var update = record.Update is null || tokenFault is not null ? null : await within(record.Update, projectId);
            Sort(update, record.Fault ?? tokenFault, i, updates, faults);
            if (updates.Count > positions.Count)
            {
                positions.Add(i);
            }
        }

        try
        {
            var outcomes = await apply(updates, cancellationToken);
            faults.AddRange(positions.Select((i, at) => Fault(outcomes[at]) is { } fault ? fault with { Index = i } : null).OfType<RecordFault>());
            return new IngestionResult { Accepted = records.Count - faults.Count, Faults = [.. faults.OrderBy(f => f.Index)] };
        }
        catch (WarehouseUnavailableException e)
        {
            return Unavailable(e, updates.Count);
        }
    }

    private static RecordFault? Fault(ProfileOutcome outcome) => outcome switch
    {
        ProfileOutcome.TooManyProperties => new RecordFault("$set", $"the profile would have more than {ProfileDocument.MaxProperties} properties"),
        ProfileOutcome.NotANumber => new RecordFault("$add", "'$add' is invalid: a property that it names is stored and is not a number, or would become too large for one; nothing of this record was applied"),
        _ => null,
    };

    private static void Sort<T>(T? item, RecordFault? fault, int index, List<T> accepted, List<RecordFault> faults)
        where T : class
    {
        if (fault is not null)
        {
            faults.Add(fault with { Index = index });
        }
        else if (item is not null)
        {
            accepted.Add(item);
        }
    }

    private async ValueTask<NewEvent> OfProjectAsync(DecodedEvent record, int projectId, string anonymous, CancellationToken cancellationToken)
    {
        var system = await projects.FindIdMergeAsync(projectId, cancellationToken);
        return record.Of(projectId, IdentityReading.Of(record.Identity!.Value, system!.Value, anonymous, authenticated: false));
    }

    private async ValueTask<ProfileUpdate> OfProjectAsync(ProfileUpdate update, int projectId, CancellationToken cancellationToken)
    {
        var system = await projects.FindIdMergeAsync(projectId, cancellationToken);
        return update with { ProjectId = projectId, DistinctId = IdentityReading.Stored(update.DistinctId, system!.Value) };
    }

    private async Task<IngestionResult> StoreAsync(int records, List<RecordFault> faults, List<NewEvent> accepted, CancellationToken cancellationToken)
    {
        try
        {
            await events.AppendAsync(accepted, cancellationToken);
            return new IngestionResult { Accepted = records - faults.Count, Faults = faults };
        }
        catch (WarehouseUnavailableException e)
        {
            return Unavailable(e, accepted.Count);
        }
    }

    private IngestionResult Unavailable(WarehouseUnavailableException e, int records)
    {
        logger.StoreUnavailable(e, records);
        return new IngestionResult { Refusal = Refusal.Overloaded("the store cannot take writes now; nothing of this request was stored, send it again in a moment") };
    }

    private async ValueTask<(int ProjectId, RecordFault? Fault)> ProjectOfAsync(string? token, string field, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
        {
            return (0, new RecordFault(field, $"'{field}' must not be missing or empty"));
        }

        return await projects.FindByTokenAsync(token, cancellationToken) is { } id
            ? (id, null)
            : (0, new RecordFault(field, $"'{field}' is invalid: no project has this token"));
    }

    // To the millisecond, as it is stored.
    private DateTime Now() => EventTime.ToDateTime(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
