using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Host.Client;

namespace Muster.Host.Demo;

/// <summary>Makes the demo's project, connection, cohorts and syncs over the REST interface; what is there already stays.</summary>
internal sealed class DemoSetup(ApiClient api)
{
    private const string ProjectName = "Sample Shop";
    private const string ConnectionName = "Iterable sandbox";

    /// <summary>The project.</summary>
    public Task<JsonElement> ProjectAsync(CancellationToken cancellationToken) =>
        FindOrMakeAsync("projects", p => Text(p, "name") == ProjectName, new JsonObject { ["name"] = ProjectName }, cancellationToken);

    /// <summary>The connection to the sandbox.</summary>
    public Task<JsonElement> ConnectionAsync(JsonElement project, string apiKey, CancellationToken cancellationToken) => FindOrMakeAsync(
        $"projects/{Id(project)}/connections",
        c => Text(c, "name") == ConnectionName && Text(c, "status") == "connected",
        new JsonObject { ["type"] = "iterable", ["name"] = ConnectionName, ["apiKey"] = apiKey, ["dataCenter"] = "us", ["projectType"] = "email" },
        cancellationToken);

    /// <summary>A cohort.</summary>
    public Task<JsonElement> CohortAsync(JsonElement project, string name, string description, string definition, CancellationToken cancellationToken) => FindOrMakeAsync(
        $"projects/{Id(project)}/cohorts",
        c => Text(c, "name") == name,
        new JsonObject { ["name"] = name, ["description"] = description, ["definition"] = JsonNode.Parse(definition) },
        cancellationToken);

    /// <summary>A sync; its first run starts at once.</summary>
    public Task<JsonElement> SyncAsync(JsonElement project, JsonElement cohort, JsonElement connection, string type, int? intervalSeconds, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["cohortId"] = Number(cohort), ["connectionId"] = Number(connection), ["type"] = type };
        if (intervalSeconds is { } seconds)
        {
            body["intervalSeconds"] = seconds;
        }

        return FindOrMakeAsync(
            $"projects/{Id(project)}/syncs",
            s => s.GetProperty("cohortId").GetInt32() == Number(cohort) && s.GetProperty("connectionId").GetInt32() == Number(connection),
            body, cancellationToken);
    }

    private async Task<JsonElement> FindOrMakeAsync(string path, Func<JsonElement, bool> isIt, JsonObject body, CancellationToken cancellationToken)
    {
        await foreach (var item in api.ListAsync(path, cancellationToken))
        {
            if (isIt(item))
            {
                return item;
            }
        }

        return await api.CallAsync(HttpMethod.Post, path, body, cancellationToken);
    }

    private static string Id(JsonElement thing) => thing.GetProperty("id").GetRawText();

    private static int Number(JsonElement thing) => thing.GetProperty("id").GetInt32();

    private static string Text(JsonElement thing, string key) => thing.GetProperty(key).GetString()!;
}
