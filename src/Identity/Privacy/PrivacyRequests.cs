using System.Text.Json;
using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Privacy;

namespace Muster.Identity.Privacy;

/// <summary>The requests, durable: one that was accepted is carried out whatever happens to the process.</summary>
internal sealed class PrivacyRequests(DuckDbStore store) : IPersonalData, IAsyncDisposable
{
    private const string Select = """
        SELECT tracking_id, kind, project_id, compliance_type, requested_by, requested_at, status, id_count, to_json(distinct_ids)::VARCHAR
        FROM privacy_request
        """;

    private const string One = Select + " WHERE tracking_id = $id AND kind = $kind AND project_id = $project";

    private const string OpenDeletions = Select + " WHERE kind = 'deletion' AND status IN ('PENDING', 'STARTED') ORDER BY requested_at";

    private const string Insert = """
        INSERT INTO privacy_request VALUES ($id, $kind, $project, $compliance, $by, $at, $status, $count, $ids)
        """;

    private const string Start = "UPDATE privacy_request SET status = 'STARTED' WHERE tracking_id = $id AND status IN ('PENDING', 'STARTED')";

    private const string Finish = "UPDATE privacy_request SET status = 'SUCCESS', distinct_ids = [] WHERE tracking_id = $id";

    private const string Revoke = "UPDATE privacy_request SET status = 'REVOKED', distinct_ids = [] WHERE tracking_id = $id AND status = 'PENDING'";

    private const string TakeOut = """
        UPDATE privacy_request SET distinct_ids = list_filter(distinct_ids, lambda x: NOT list_contains($names, x))
        WHERE project_id = $project AND list_has_any(distinct_ids, $names)
        """;

    private readonly DuckDbWriter _writer = new(store);

    public Task AddAsync(PrivacyRequest request, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection => connection.Execute(
            Insert, ("id", request.TrackingId), ("kind", request.Kind), ("project", request.ProjectId), ("compliance", request.ComplianceType),
            ("by", request.RequestedBy), ("at", request.RequestedAt), ("status", request.Status), ("count", request.IdCount),
            ("ids", request.DistinctIds.ToList())),
        cancellationToken);

    /// <summary>The request; null when this project has no such one of this kind.</summary>
    public PrivacyRequest? Find(string trackingId, string kind, int projectId)
    {
        using var connection = store.Open();
        return connection.Query(One, Read, ("id", trackingId), ("kind", kind), ("project", projectId)).SingleOrDefault();
    }

    /// <summary>Deletions that are to be carried out, the oldest first.</summary>
    public List<PrivacyRequest> ReadOpenDeletions()
    {
        using var connection = store.Open();
        return connection.Query(OpenDeletions, Read);
    }

    /// <summary>From now on it cannot be revoked; false when it was.</summary>
    public async Task<bool> StartAsync(string trackingId, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(connection => connection.Execute(Start, ("id", trackingId)), cancellationToken) > 0;

    public Task FinishAsync(string trackingId, CancellationToken cancellationToken) =>
        _writer.WriteAsync(connection => connection.Execute(Finish, ("id", trackingId)), cancellationToken);

    /// <summary>Calls it off; false when it has started.</summary>
    public async Task<bool> RevokeAsync(string trackingId, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(connection => connection.Execute(Revoke, ("id", trackingId)), cancellationToken) > 0;

    /// <summary>Takes the person's ids out of every request: what is left is a request without them.</summary>
    public Task EraseAsync(PersonRecord person, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection => connection.Execute(
            TakeOut, ("project", person.ProjectId), ("names", person.DistinctIds.Append(person.AskedFor).Distinct().ToList())),
        cancellationToken);

    /// <summary>Requests say nothing about a person that the request itself did not say.</summary>
    public Task WriteAsync(PersonRecord person, Utf8JsonWriter writer, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static PrivacyRequest Read(DuckDBDataReader row) => new()
    {
        TrackingId = row.GetString(0),
        Kind = row.GetString(1),
        ProjectId = row.GetInt32(2),
        ComplianceType = row.GetString(3),
        RequestedBy = row.GetString(4),
        RequestedAt = row.GetDateTime(5),
        Status = row.GetString(6),
        IdCount = row.GetInt32(7),
        DistinctIds = JsonSerializer.Deserialize<List<string>>(row.GetString(8))!,
    };
}
