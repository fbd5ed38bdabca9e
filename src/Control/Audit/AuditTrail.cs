using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Muster.Control.Api;

namespace Muster.Control.Audit;

/// <summary>What someone is about to change in control data, and the entries that say so.</summary>
internal sealed class AuditTrail
{
    // Whoever is not signed in: the first start.
    private const string Nobody = "nobody";

    private readonly List<(object Entity, AuditedType Type, string Verb, JsonObject Changes)> _changes;

    private AuditTrail(List<(object Entity, AuditedType Type, string Verb, JsonObject Changes)> changes, bool needsIds) =>
        (_changes, NeedsIds) = (changes, needsIds);

    /// <summary>Whether an entry names something that has its id only once it is saved.</summary>
    public bool NeedsIds { get; }

    /// <summary>Reads what is about to be saved; null: nothing of it is to be logged.</summary>
    public static AuditTrail? Of(ChangeTracker tracker)
    {
        if (Actor.Current is null)
        {
            return null;
        }

        var changes = new List<(object, AuditedType, string, JsonObject)>();
        var needsIds = false;
        foreach (var entry in tracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted) || AuditedType.Find(entry.Entity) is not { } type)
            {
                continue;
            }

            var (verb, changed) = (type.Verb(entry), Changes(entry, type));
            if (changed.Count > 0 || verb != "changed")
            {
                changes.Add((entry.Entity, type, verb, changed));
                needsIds |= entry.State == EntityState.Added;
            }
        }

        return changes.Count == 0 ? null : new AuditTrail(changes, needsIds);
    }

    /// <summary>The entries.</summary>
    public IEnumerable<AuditEntry> Entries()
    {
        if (Actor.Current is not var (caller, from, at))
        {
            return [];
        }

        return _changes.Select(c => Entry(
            caller, from, at, $"{c.Type.Word}.{c.Verb}", c.Type.ProjectId(c.Entity), c.Type.Subject(c.Entity), c.Type.Name(c.Entity), c.Changes));
    }

    /// <summary>One entry.</summary>
    public static AuditEntry Entry(
        Caller caller, string? from, DateTimeOffset at, string action, int? projectId, string subject, string? name, JsonObject? changes) => new()
        {
            ProjectId = projectId,
            At = at,
            Who = caller.Id.Length == 0 ? Nobody : caller.Name,
            WhoId = caller.Id.Length == 0 ? Nobody : caller.Id,
            From = from,
            Action = action,
            Subject = subject,
            SubjectName = name,
            Changes = changes is { Count: > 0 } ? changes.ToJsonString() : null,
        };

    private static JsonObject Changes(EntityEntry entry, AuditedType type)
    {
        var changes = new JsonObject();
        foreach (var property in entry.Properties.Where(p => Differs(entry, p)))
        {
            if (type.Secret.TryGetValue(property.Metadata.Name, out var word))
            {
                changes[word] = "secret";
            }
            else if (type.Shown.Contains(property.Metadata.Name))
            {
                var change = new JsonObject();
                if (entry.State != EntityState.Added)
                {
                    change["from"] = Json(property.OriginalValue);
                }

                if (entry.State != EntityState.Deleted)
                {
                    change["to"] = Json(property.CurrentValue);
                }

                changes[JsonNamingPolicy.CamelCase.ConvertName(property.Metadata.Name)] = change;
            }
        }

        return changes;
    }

    private static bool Differs(EntityEntry entry, PropertyEntry property) => entry.State switch
    {
        EntityState.Added => property.CurrentValue is not null,
        EntityState.Deleted => property.OriginalValue is not null,
        _ => property.IsModified && !property.Metadata.GetValueComparer().Equals(property.OriginalValue, property.CurrentValue),
    };

    private static JsonNode? Json(object? value) => JsonSerializer.SerializeToNode(value, JsonSerializerOptions.Web);
}
