using System.CommandLine;
using System.Text.Json;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster connection …</c></summary>
internal static class ConnectionCommand
{
    private static readonly Column[] Columns =
    [
        new("Id", "id"), new("Name", "name"), new("Status", "status"), new("Data center", "dataCenter"), new("Project type", "projectType"),
        new("Key ends in", "apiKeyHint"), new("Made by", "createdBy"),
    ];

    public static Command Create() => new("connection", "Connections to Iterable") { List(), Make(), Show(), Update(), Webhook(), Delete() };

    private static ApiCommand List()
    {
        var project = Inputs.Project();
        return new ApiCommand("list", "List a project's connections", async (call, cancellationToken) =>
            await call.ShowListAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/connections", Columns, cancellationToken), project);
    }

    private static ApiCommand Make()
    {
        var name = new Argument<string>("name") { Description = "The connection's name" };
        var project = Inputs.Project();
        var apiKey = SecretInput.ApiKey();
        var dataCenter = Inputs.Word("--data-center", "Where the Iterable project lives, default us", "us", "eu");
        var projectType = Inputs.Word("--project-type", "How it identifies its users, default email", "email", "hybrid", "userId");
        var fallback = Fallback();
        return new ApiCommand("create", "Connect an Iterable project; its key is tried first", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("type", "iterable"), ("name", call.Value(name)), ("apiKey", apiKey.Read(call)), ("dataCenter", call.Value(dataCenter) ?? "us"),
                ("projectType", call.Value(projectType)), ("userIdFallback", call.Value(fallback)));
            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/connections";
            call.Show(await call.Api.CallAsync(HttpMethod.Post, path, body, cancellationToken));
        }, name, project, apiKey.Option, dataCenter, projectType, fallback);
    }

    private static ApiCommand Show()
    {
        var id = Inputs.Id("connection");
        return new ApiCommand("show", "Show a connection, without its key", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"connections/{call.Id(id)}", cancellationToken)), id);
    }

    private static ApiCommand Update()
    {
        var id = Inputs.Id("connection");
        var name = Inputs.Text("--name", "Its new name");
        var apiKey = SecretInput.ApiKey();
        var fallback = Fallback();
        return new ApiCommand("update", "Change a connection's name, key or fallback", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("name", call.Value(name)), ("apiKey", call.IsGiven(apiKey.Option) ? apiKey.Read(call) : null), ("userIdFallback", call.Value(fallback)));
            call.Show(await call.Api.CallAsync(HttpMethod.Patch, $"connections/{call.Id(id)}", body, cancellationToken));
        }, id, name, apiKey.Option, fallback);
    }

    private static ApiCommand Webhook()
    {
        var id = Inputs.Id("connection");
        return new ApiCommand("webhook", "Ask Iterable whether its webhook to here is set up, and what to change", async (call, cancellationToken) =>
        {
            var check = await call.Api.GetAsync($"connections/{call.Id(id)}/webhook", cancellationToken);
            call.ShowRows(
                check,
                [.. check.GetProperty("toDo").EnumerateArray().Select(t => JsonSerializer.SerializeToElement(new { state = check.GetProperty("state"), toDo = t })).DefaultIfEmpty(check)],
                [new Column("State", "state"), new Column("To do", "toDo")]);
        }, id);
    }

    private static ApiCommand Delete()
    {
        var id = Inputs.Id("connection");
        return new ApiCommand("delete", "Disconnect: syncs stop, the key is destroyed, lists and history stay", async (call, cancellationToken) =>
        {
            await call.Api.CallAsync(HttpMethod.Delete, $"connections/{call.Id(id)}", default(HttpContent), cancellationToken);
            call.ShowDone($"Connection {call.Id(id)} is disconnected.");
        }, id);
    }

    private static Option<string?> Fallback() =>
        Inputs.Word("--user-id-fallback", "What is sent as userId without $iterable_user_id, default none", "none", "distinct_id");
}
