using System.Text.Json;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Commands;

/// <summary>The verbs against a served program, from an empty project to a list in Iterable.</summary>
public sealed class VerbTests
{
    private const string Everyone = """{ "profile": "$email", "isSet": true }""";

    [Fact]
    public async Task Verbs_FromProjectToList_DoWhatTheApiDoes()
    {
        await using var iterable = await IterableSandbox.StartAsync(
            new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = ["verb-key"] }, cancellationToken: TestContext.Current.CancellationToken);
        await using var muster = await MusterProcess.StartAsync(new Dictionary<string, string> { ["MUSTER_ITERABLE_US_URL"] = iterable.Address.ToString() });
        var project = await JsonAsync(muster, "project", "create", "Shop", "--timezone", "Europe/Berlin");
        await EngageAsync(muster, project.GetProperty("token").GetString()!, 3);

        var preview = await JsonAsync(muster, "cohort", "preview", "--definition", Everyone);
        preview.GetProperty("count").GetInt64().ShouldBe(3);
        var cohort = await JsonAsync(muster, "cohort", "create", "Everyone", "--definition", Everyone);
        (await JsonAsync(muster, "cohort", "count", Id(cohort))).GetProperty("count").GetInt64().ShouldBe(3);
        var csv = await muster.RunAsync("cohort", "members", Id(cohort), "--csv");
        csv.Output.ShouldStartWith("distinct_id,email,iterable_user_id,first_name,last_name");
        var connection = await JsonAsync(muster, "connection", "create", "Iterable", "--api-key", "verb-key");
        var sync = await JsonAsync(muster, "sync", "create", "--cohort", Id(cohort), "--connection", Id(connection), "--type", "one_time");
        var watched = await muster.RunAsync("run", "watch", Id(sync.GetProperty("lastRun")));
        watched.Status.ShouldBe(0, watched.Error);
        watched.Output.ShouldContain("succeeded");
        var again = await muster.RunAsync("sync", "run", Id(sync), "--watch", "--json");
        JsonElement.Parse(again.Output).GetProperty("unchanged").GetInt64().ShouldBe(3);
        var receipts = await muster.RunAsync("run", "receipts", Id(sync.GetProperty("lastRun")), "--csv");
        receipts.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
        var table = await muster.RunAsync("sync", "list");
        table.Output.ShouldContain("mixpanel_Everyone_");
    }

    [Fact]
    public async Task Verbs_Refused_SayWhyOnStandardError()
    {
        await using var muster = await MusterProcess.StartAsync();
        await muster.RunAsync("project", "create", "Shop");

        var faulty = await muster.RunAsync("cohort", "create", "Bad", "--definition", """{ "all": [] }""");
        var noJson = await muster.RunAsync("cohort", "create", "Bad", "--definition", "{");
        var missing = await muster.RunAsync("run", "show", "99");
        var noKey = await muster.RunAsync("connection", "create", "Iterable");
        var nobody = await MusterProgram.RunAsync(["project", "list"], new Dictionary<string, string> { ["MUSTER_URL"] = muster.Address.ToString() });

        foreach (var result in new[] { faulty, noJson, missing, noKey, nobody })
        {
            result.Status.ShouldBe(1);
            result.Output.ShouldBeEmpty();
        }

        faulty.Error.ShouldContain("/definition/all");
        missing.Error.ShouldContain("no such run");
        noKey.Error.ShouldContain("MUSTER_ITERABLE_API_KEY");
        nobody.Error.ShouldContain("Authorization");
    }

    [Fact]
    public async Task Verbs_NoServer_SayHowToStartOne()
    {
        var result = await MusterProgram.RunAsync(["project", "list"], new Dictionary<string, string> { ["MUSTER_URL"] = "http://127.0.0.1:9" });

        result.Status.ShouldBe(1);
        result.ErrorLines.ShouldHaveSingleItem().ShouldContain("muster serve");
    }

    [Fact]
    public async Task Version_Printed_IsTheAnswerAlone()
    {
        var result = await MusterProgram.RunAsync(["version"]);

        result.Status.ShouldBe(0);
        result.Output.ShouldMatch(@"^muster \d+\.\d+\.\d+\n$");
        result.Error.ShouldBeEmpty();
    }

    private static async Task<JsonElement> JsonAsync(MusterProcess muster, params IReadOnlyList<string> arguments)
    {
        var result = await muster.RunAsync([.. arguments, "--json"]);
        result.Status.ShouldBe(0, result.Error);
        return JsonElement.Parse(result.Output);
    }

    private static async Task EngageAsync(MusterProcess muster, string token, int people)
    {
        var updates = Enumerable.Range(1, people).Select(i => new Dictionary<string, object>
        {
            ["$token"] = token,
            ["$distinct_id"] = $"person-{i}",
            ["$set"] = new Dictionary<string, string> { ["$email"] = $"person{i}@example.com" },
        });
        using var content = new StringContent(JsonSerializer.Serialize(updates), System.Text.Encoding.UTF8, "application/json");
        using var answer = await muster.Http.PostAsync("/engage?strict=1", content, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static string Id(JsonElement thing) => thing.GetProperty("id").GetRawText();
}
