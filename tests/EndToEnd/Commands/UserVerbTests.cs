using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Commands;

/// <summary>The verbs about one person.</summary>
public sealed class UserVerbTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_ExportDeleteAndRefusedMerges_DoWhatTheApiDoes()
    {
        await using var muster = await MusterProcess.StartAsync();
        var project = await JsonAsync(muster, "project", "create", "Shop");
        await TrackAsync(muster, project.GetProperty("token").GetString()!, ("ada", "phone"), ("bob", "phone"));

        var refused = (await JsonAsync(muster, "user", "refused-merges")).GetProperty("items").EnumerateArray().Single();
        refused.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).ShouldBe(["$device:phone", "bob"]);
        (await muster.RunAsync("user", "refused-merges")).Output.ShouldContain("device");

        // Any id of the person names them.
        var export = await muster.RunAsync("user", "export", "$device:phone");
        export.Status.ShouldBe(0, export.Error);
        JsonElement.Parse(export.Output).GetRawText().ShouldContain("\"ada\"");

        var deleted = await JsonAsync(muster, "user", "delete", "ada");
        deleted.GetProperty("ids").GetInt32().ShouldBe(2);
        deleted.GetProperty("events").GetInt32().ShouldBe(1);
        var gone = await muster.RunAsync("user", "export", "ada");
        gone.Status.ShouldBe(1);
        gone.Error.ShouldContain("no such person");
    }

    private static async Task TrackAsync(MusterProcess muster, string token, params IEnumerable<(string User, string Device)> events)
    {
        foreach (var (user, device) in events)
        {
            var properties = new Dictionary<string, string> { ["token"] = token, ["$user_id"] = user, ["$device_id"] = device };
            using var content = new StringContent(JsonSerializer.Serialize(new { @event = "Seen", properties }), Encoding.UTF8, "application/json");
            using var answer = await muster.Http.PostAsync(new Uri("/track", UriKind.Relative), content, Token);
            (await answer.Content.ReadAsStringAsync(Token)).ShouldBe("1");
        }
    }

    private static async Task<JsonElement> JsonAsync(MusterProcess muster, params IReadOnlyList<string> arguments)
    {
        var result = await muster.RunAsync([.. arguments, "--json"]);
        result.Status.ShouldBe(0, result.Error);
        return JsonElement.Parse(result.Output);
    }
}
