using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Iterable;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Profiles;

namespace Muster.Tests.Unit.Iterable.Webhooks;

/// <summary>A small Muster with one connection that takes webhooks.</summary>
internal sealed class WebhookWorld : IAsyncDisposable
{
    private readonly SmallMuster _muster;
    private readonly HttpClient _http;

    private WebhookWorld(SmallMuster muster, int connectionId)
    {
        _muster = muster;
        ConnectionId = connectionId;
        _http = new HttpClient { BaseAddress = muster.Address };
    }

    public SmallMuster Muster => _muster;

    public int ConnectionId { get; }

    public int ProjectId => _muster.ProjectId;

    public static async Task<WebhookWorld> StartAsync(
        CancellationToken cancellationToken, Action<IServiceCollection>? more = null, Action<IEndpointRouteBuilder>? map = null)
    {
        var muster = await SmallMuster.StartAsync(new IterableOptions(), cancellationToken, more, map);
        return new WebhookWorld(muster, await muster.ConnectAsync("key", ProjectType.Email, cancellationToken));
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> PostAsync(
        string body, string? authorization = "Basic x", int? connectionId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"hooks/iterable/{connectionId ?? ConnectionId}");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(), response);
    }

    /// <summary>Posts what must be taken, and gives the counts.</summary>
    public async Task<(int Stored, int Duplicates, int Unresolved)> TakeAsync(params JsonNode[] events)
    {
        var (status, body, _) = await PostAsync(
            events.Length == 1 ? events[0].ToJsonString() : new JsonArray([.. events.Select(e => e.DeepClone())]).ToJsonString());
        return status == HttpStatusCode.OK
            ? (body.GetProperty("stored").GetInt32(), body.GetProperty("duplicates").GetInt32(), body.GetProperty("unresolved").GetInt32())
            : throw new InvalidOperationException($"{status}: {body}");
    }

    public Task SetAsync(string distinctId, string? email = null, string? iterableUserId = null)
    {
        var properties = new List<KeyValuePair<string, string>> { new("seen", "true") };
        if (email is not null)
        {
            properties.Add(new("$email", JsonSerializer.Serialize(email)));
        }

        if (iterableUserId is not null)
        {
            properties.Add(new("$iterable_user_id", JsonSerializer.Serialize(iterableUserId)));
        }

        return ApplyAsync(distinctId, new ProfileOperation.Set(properties));
    }

    public Task ApplyAsync(string distinctId, ProfileOperation operation) =>
        _muster.Services.GetRequiredService<IProfileStore>().ApplyAsync(
            [new ProfileUpdate { ProjectId = ProjectId, DistinctId = distinctId, Operations = [operation] }], CancellationToken.None);

    public async Task<List<JsonElement>> UnresolvedAsync(HttpClient? client = null)
    {
        var page = await (client ?? _muster.Admin).GetFromJsonAsync<JsonElement>($"projects/{ProjectId}/unresolved");
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    /// <summary>Every stored event as <c>name of id</c>, in order of arrival.</summary>
    public List<string> Events()
    {
        using var connection = _muster.Services.GetRequiredService<DuckDbStore>().Open();
        return connection.Query(
            """
            SELECT n.name, coalesce(i.distinct_id, '') FROM event e
            JOIN event_name n ON n.event_id = e.event_id LEFT JOIN identity i ON i.user_id = e.user_id
            ORDER BY e.rowid
            """,
            reader => $"{reader.GetString(0)} of {reader.GetString(1)}");
    }

    public T Value<T>(string sql, Func<DuckDB.NET.Data.DuckDBDataReader, T> read)
    {
        using var connection = _muster.Services.GetRequiredService<DuckDbStore>().Open();
        return connection.Query(sql, read).Single();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _muster.DisposeAsync();
    }
}
