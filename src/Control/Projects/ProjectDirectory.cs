using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Muster.Control.Projects;

/// <summary>Finds projects by ingestion token, secret or id without a query each time: ingestion asks for every request.</summary>
/// <remarks>A project's token, secret and merge system never change, so what was found stays true; what was not found is asked again.</remarks>
public sealed class ProjectDirectory(IDbContextFactory<ControlDb> factory)
{
    private readonly ConcurrentDictionary<string, int> _byToken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, IdMerge> _merges = new();
    private readonly ConcurrentDictionary<string, int> _bySecret = new(StringComparer.Ordinal);

    /// <summary>The project whose ingestion token this is; null when there is none.</summary>
    public Task<int?> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
        FindAsync(_byToken, token, db => db.Projects.Where(p => p.Token == token), cancellationToken);

    /// <summary>The project whose secret this is; null when there is none.</summary>
    public Task<int?> FindBySecretAsync(string secret, CancellationToken cancellationToken) =>
        FindAsync(_bySecret, secret, db => db.Projects.Where(p => p.ApiSecret == secret), cancellationToken);

    /// <summary>How a project's ids are merged; null when there is no such project.</summary>
    public async ValueTask<IdMerge?> FindIdMergeAsync(int id, CancellationToken cancellationToken)
    {
        if (_merges.TryGetValue(id, out var known))
        {
            return known;
        }

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var found = await db.Projects.Where(p => p.Id == id).Select(p => (IdMerge?)p.IdMerge).SingleOrDefaultAsync(cancellationToken);
        if (found is { } system)
        {
            _merges[id] = system;
        }

        return found;
    }

    /// <summary>The project with this id; null when there is none.</summary>
    public Task<int?> FindByIdAsync(int id, CancellationToken cancellationToken) =>
        FindAsync(_byId, id.ToString(CultureInfo.InvariantCulture), db => db.Projects.Where(p => p.Id == id), cancellationToken);

    private async Task<int?> FindAsync(
        ConcurrentDictionary<string, int> known, string key, Func<ControlDb, IQueryable<Project>> query, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(key, out var id))
        {
            return id;
        }

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var found = await query(db).Select(p => (int?)p.Id).SingleOrDefaultAsync(cancellationToken);
        if (found is { } value)
        {
            known[key] = value;
        }

        return found;
    }
}
