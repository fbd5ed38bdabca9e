using System.CommandLine;
using System.Text.Json.Nodes;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster forwarding …</c></summary>
internal static class ForwardingCommand
{
    private static readonly Column[] Columns =
    [
        new("Id", "id"), new("Event", "event"), new("Time", "time"), new("Distinct id", "distinctId"), new("Field", "field"), new("Why", "message"),
        new("Refused at", "refusedAt"),
    ];

    public static Command Create() => new("forwarding", "Iterable's events on to a project in Mixpanel")
    {
        Show(), Set(), Switch("pause", "Forward nothing for now: what waits stays, what comes meanwhile is not forwarded", enabled: false),
        Switch("resume", "Go on, after a pause or when what stopped it is mended", enabled: true), Delete(), DeadLetters(),
        OfLetters("retry", "Send refused events again", "retried", "put back into the queue"),
        OfLetters("discard", "Forget refused events; they stay in Muster", "discarded", "forgotten"),
    };

    private static ApiCommand Show()
    {
        var id = Inputs.Id("connection");
        return new ApiCommand("show", "Show how it stands, and how many events wait", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"connections/{call.Id(id)}/forwarding", cancellationToken)), id);
    }

    private static ApiCommand Set()
    {
        var id = Inputs.Id("connection");
        var project = new Option<long?>("--mixpanel-project") { HelpName = "ID", Description = "The project's id in Mixpanel" };
        var residency = Inputs.Word("--data-residency", "Where Mixpanel keeps it, default us", "us", "eu", "in");
        var account = Inputs.Text("--service-account", "The user name of a service account with the role Admin or Owner in it");
        var secret = new SecretInput("--service-account-secret", "MUSTER_MIXPANEL_SECRET", "Service account secret");
        return new ApiCommand("set", "Forward a connection's events; what is not given stays as it is", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("mixpanelProjectId", call.Value(project)), ("dataResidency", call.Value(residency)), ("serviceAccount", call.Value(account)),
                ("serviceAccountSecret", call.IsGiven(secret.Option) ? secret.Read(call) : null));
            call.Show(await call.Api.CallAsync(HttpMethod.Put, $"connections/{call.Id(id)}/forwarding", body, cancellationToken));
        }, id, project, residency, account, secret.Option);
    }

    private static ApiCommand Switch(string name, string description, bool enabled)
    {
        var id = Inputs.Id("connection");
        return new ApiCommand(name, description, async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(HttpMethod.Put, $"connections/{call.Id(id)}/forwarding", new JsonObject { ["enabled"] = enabled }, cancellationToken)), id);
    }

    private static ApiCommand Delete()
    {
        var id = Inputs.Id("connection");
        return new ApiCommand("delete", "Forward no more: the secret is destroyed, what waits or was refused is forgotten", async (call, cancellationToken) =>
        {
            await call.Api.CallAsync(HttpMethod.Delete, $"connections/{call.Id(id)}/forwarding", default(HttpContent), cancellationToken);
            call.ShowDone($"Events of connection {call.Id(id)} are not forwarded any more.");
        }, id);
    }

    private static ApiCommand DeadLetters()
    {
        var id = Inputs.Id("connection");
        return new ApiCommand("dead-letters", "List the events that Mixpanel refused, and why", async (call, cancellationToken) =>
            await call.ShowListAsync($"connections/{call.Id(id)}/forwarding/dead-letters", Columns, cancellationToken), id);
    }

    private static ApiCommand OfLetters(string name, string description, string counted, string done)
    {
        var id = Inputs.Id("connection");
        var letters = new Option<long[]>("--letter") { HelpName = "ID", Description = "Only this one; may be given several times", AllowMultipleArgumentsPerToken = true };
        return new ApiCommand(name, description, async (call, cancellationToken) =>
        {
            var body = new JsonObject();
            if (call.Value(letters) is { Length: > 0 } ids)
            {
                body["ids"] = new JsonArray([.. ids.Select(i => JsonValue.Create(i))]);
            }

            var answer = await call.Api.CallAsync(HttpMethod.Post, $"connections/{call.Id(id)}/forwarding/dead-letters/{name}", body, cancellationToken);
            if (call.Json)
            {
                call.Show(answer);
            }
            else
            {
                call.ShowDone($"{answer.GetProperty(counted)} {done}.");
            }
        }, id, letters);
    }
}
