using System.CommandLine;
using System.Text.Json.Nodes;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster notification …</c></summary>
internal static class NotificationCommand
{
    private static readonly Column[] Columns =
    [
        new("Id", "id"), new("What", "kind"), new("Sync", "syncId"), new("When", "at"), new("By", "channel"), new("To", "recipient"),
        new("Status", "status"), new("Tries", "tries"), new("Error", "error"),
    ];

    public static Command Create() => new("notification", "Who is told of syncs that stop, fail and recover") { Show(), Set(), Test(), Deliveries() };

    private static ApiCommand Show()
    {
        var project = Inputs.Project();
        return new ApiCommand("show", "Show who is told", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/notifications", cancellationToken)), project);
    }

    private static ApiCommand Set()
    {
        var project = Inputs.Project();
        var email = new Option<string[]>("--email") { HelpName = "ADDRESS", Description = "Addresses to tell, instead of those there were; none: --email ''", AllowMultipleArgumentsPerToken = true };
        var creator = Inputs.Word("--tell-creator", "Whether the person who made a sync is told of it", "true", "false");
        var webhook = Inputs.Text("--webhook", "Where to POST, as Slack's incoming webhooks; 'off' takes it away");
        return new ApiCommand("set", "Change who is told; what is not given stays as it is", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(("tellCreator", call.Value(creator) is { } text ? JsonValue.Create(text == "true") : null));
            if (call.IsGiven(email))
            {
                body["emails"] = new JsonArray([.. (call.Value(email) ?? []).Where(e => e.Length > 0).Select(e => (JsonNode)JsonValue.Create(e))]);
            }

            if (call.Value(webhook) is { } url)
            {
                body["webhookUrl"] = url == "off" ? null : url;
            }

            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/notifications";
            call.Show(await call.Api.CallAsync(HttpMethod.Put, path, body, cancellationToken));
        }, project, email, creator, webhook);
    }

    private static ApiCommand Test()
    {
        var project = Inputs.Project();
        return new ApiCommand("test", "Tell everyone that this is a trial; 'deliveries' shows what became of it", async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(
                HttpMethod.Post, $"projects/{await call.ProjectAsync(project, cancellationToken)}/notifications/test", Inputs.Body(), cancellationToken)), project);
    }

    private static ApiCommand Deliveries()
    {
        var project = Inputs.Project();
        return new ApiCommand("deliveries", "Show what was told to whom, latest first", async (call, cancellationToken) =>
            await call.ShowListAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/notifications/deliveries", Columns, cancellationToken), project);
    }
}
