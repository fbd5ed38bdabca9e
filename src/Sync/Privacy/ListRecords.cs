using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Syncs.Ledger;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Privacy;

namespace Muster.Syncs.Privacy;

/// <summary>The lists that a person is on, and what runs did about them.</summary>
internal sealed class ListRecords(DuckDbStore store, DuckDbLedger ledger, IDbContextFactory<ControlDb> factory) : IPersonalData
{
    private const string OnLists = """
        SELECT sync_id, list_id, email, iterable_user_id FROM ledger WHERE user_id IN (SELECT unnest($ids)) ORDER BY 1, 2
        """;

    private const string InRuns = """
        SELECT run_id, operation, reason, email, iterable_user_id FROM receipt WHERE user_id IN (SELECT unnest($ids)) ORDER BY 1
        """;

    /// <inheritdoc />
    public async Task EraseAsync(PersonRecord person, CancellationToken cancellationToken)
    {
        if (person.UserIds.Count > 0)
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            var running = await db.Syncs
                .Where(s => db.Connections.Any(c => c.Id == s.ConnectionId && c.Status == ConnectionStatus.Connected))
                .Select(s => s.Id).ToListAsync(cancellationToken);
            await ledger.EraseAsync([.. person.UserIds], running, cancellationToken);
        }
    }

    /// <inheritdoc />
    public Task WriteAsync(PersonRecord person, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        using var connection = store.Open();
        writer.WriteStartArray("lists"u8);
        foreach (var (syncId, listId, email, userId) in connection.Query(
            OnLists, r => (r.GetInt32(0), r.GetInt64(1), r.TextOrNull(2), r.TextOrNull(3)), ("ids", person.UserIds.ToList())))
        {
            writer.WriteStartObject();
            writer.WriteNumber("syncId"u8, syncId);
            writer.WriteNumber("listId"u8, listId);
            writer.WriteString("email"u8, email);
            writer.WriteString("iterableUserId"u8, userId);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("receipts"u8);
        foreach (var (runId, operation, reason, email, userId) in connection.Query(
            InRuns, r => (r.GetInt64(0), r.GetString(1), r.TextOrNull(2), r.TextOrNull(3), r.TextOrNull(4)), ("ids", person.UserIds.ToList())))
        {
            writer.WriteStartObject();
            writer.WriteNumber("runId"u8, runId);
            writer.WriteString("operation"u8, operation);
            writer.WriteString("reason"u8, reason);
            writer.WriteString("email"u8, email);
            writer.WriteString("iterableUserId"u8, userId);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        return Task.CompletedTask;
    }
}
