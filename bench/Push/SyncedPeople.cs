using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;

namespace Muster.Bench.Push;

/// <summary>A project with people who all have an address, a cohort of all of them, and Iterable connected.</summary>
internal sealed class SyncedPeople(MusterProcess muster, int syncId = 0)
{
    /// <summary>The most that /engage takes in one request.</summary>
    public const int PeoplePerBody = 2000;
    private const int Loaders = 4;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private int _syncId = syncId;

    /// <summary>The sync that the first run made.</summary>
    public int SyncId => _syncId;

    /// <summary>Makes the project and its people, acknowledged when durable.</summary>
    public async Task<int> LoadAsync(int people, CancellationToken cancellationToken)
    {
        var project = await MakeProjectAsync(cancellationToken);
        var token = project["token"]!.GetValue<string>();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Loaders).Select(async _ =>
        {
            for (var from = Interlocked.Add(ref next, PeoplePerBody) - PeoplePerBody; from < people; from = Interlocked.Add(ref next, PeoplePerBody) - PeoplePerBody)
            {
                await EngageAsync(token, from, Math.Min(people, from + PeoplePerBody), cancellationToken);
            }
        }));
        return project["id"]!.GetValue<int>();
    }

    /// <summary>Makes the project alone.</summary>
    public Task<JsonObject> MakeProjectAsync(CancellationToken cancellationToken) =>
        muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken);

    /// <summary>Exports all of them once; gives the ended run.</summary>
    public async Task<JsonObject> FirstRunAsync(int projectId, CancellationToken cancellationToken)
    {
        var cohort = await muster.PostAsync(
            $"/projects/{projectId}/cohorts",
            new JsonObject { ["name"] = "Everyone", ["definition"] = new JsonObject { ["profile"] = "$email", ["isSet"] = true } },
            cancellationToken);
        var connection = await muster.PostAsync(
            $"/projects/{projectId}/connections",
            new JsonObject { ["type"] = "iterable", ["name"] = "bench", ["apiKey"] = "bench-key", ["dataCenter"] = "us" },
            cancellationToken);
        var sync = await muster.PostAsync(
            $"/projects/{projectId}/syncs",
            new JsonObject { ["cohortId"] = cohort["id"]!.DeepClone(), ["connectionId"] = connection["id"]!.DeepClone(), ["type"] = "one_time" },
            cancellationToken);
        _syncId = sync["id"]!.GetValue<int>();
        return await EndAsync((await muster.GetAsync($"/syncs/{_syncId}", cancellationToken))["lastRun"]!["id"]!.GetValue<long>(), cancellationToken);
    }

    /// <summary>Exports them again; gives the ended run.</summary>
    public async Task<JsonObject> AgainAsync(CancellationToken cancellationToken)
    {
        var run = await muster.PostAsync($"/syncs/{_syncId}/runs", null, cancellationToken);
        return await EndAsync(run["id"]!.GetValue<long>(), cancellationToken);
    }

    /// <summary>Waits for a run's end and gives it.</summary>
    public async Task<JsonObject> EndAsync(long runId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await muster.GetAsync($"/runs/{runId}", cancellationToken);
            switch (run["status"]!.GetValue<string>())
            {
                case "queued" or "running":
                    await Task.Delay(Glance, TimeProvider.System, cancellationToken);
                    break;
                case "succeeded":
                    return run;
                default:
                    throw new InvalidOperationException($"the run did not succeed: {run.ToJsonString()}");
            }
        }
    }

    private Task EngageAsync(string token, int from, int to, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("[");
        for (var n = from; n < to; n++)
        {
            text.Append(n > from ? "," : "").Append(CultureInfo.InvariantCulture, $$"""
                {"$token":"{{token}}","$distinct_id":"person-{{n}}","$set":{"$email":"person.{{n}}@customers.example.com","$first_name":"Ada","$last_name":"Lovelace","plan":"{{(n % 3 == 0 ? "pro" : "free")}}","country":"DE","seats":{{n % 50}} } }
                """);
        }

        return EngageAsync(muster, text.Append(']').ToString(), cancellationToken);
    }

    /// <summary>Sends one body of updates, acknowledged when durable.</summary>
    public static async Task EngageAsync(MusterProcess muster, string updates, CancellationToken cancellationToken)
    {
        using var content = new StringContent(updates, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await muster.Client.PostAsync(new Uri("/engage?verbose=1", UriKind.Relative), content, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (JsonNode.Parse(body)!["status"]!.GetValue<int>() != 1)
        {
            throw new InvalidOperationException($"/engage: {body}");
        }
    }
}
