using System.CommandLine;
using System.Globalization;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster run …</c></summary>
internal static class RunCommand
{
    private static readonly Column[] Columns =
    [
        new("Id", "id"), new("Trigger", "trigger"), new("Status", "status"), new("Members", "members"), new("Matched", "matched"), new("Adds", "adds"),
        new("Removes", "removes"), new("Unchanged", "unchanged"), new("Skipped", "skipped"), new("Started", "startedAt"), new("Finished", "finishedAt"), new("Error", "error.message"),
    ];

    private static readonly Column[] ReceiptColumns =
    [
        new("Distinct id", "distinctId"), new("Email", "email"), new("Iterable user id", "iterableUserId"),
        new("Operation", "operation"), new("Outcome", "outcome"), new("Reason", "reason"),
    ];

    public static Command Create() => new("run", "Runs of syncs, and what became of each member") { List(), Show(), Watch(), Receipts() };

    /// <summary>Follows a run and prints how it ended; fails unless it succeeded.</summary>
    public static async Task<int> WatchAsync(ApiCall call, string id, CancellationToken cancellationToken)
    {
        var run = await RunWatch.FollowAsync(call.Api, id, cancellationToken);
        call.Show(run);
        return RunWatch.Succeeded(run) ? CommandLine.Done : CommandLine.Failed;
    }

    private static ApiCommand List()
    {
        var sync = new Option<int>("--sync") { HelpName = "ID", Description = "The sync's id", Required = true };
        return new ApiCommand("list", "List a sync's runs, latest first", (call, cancellationToken) =>
            call.ShowListAsync(string.Create(CultureInfo.InvariantCulture, $"syncs/{call.Value(sync)}/runs"), Columns, cancellationToken), sync);
    }

    private static ApiCommand Show()
    {
        var id = Inputs.Id("run");
        return new ApiCommand("show", "Show a run", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"runs/{call.Id(id)}", cancellationToken)), id);
    }

    private static ApiCommand Watch()
    {
        var id = Inputs.Id("run");
        return new ApiCommand("watch", "Follow a run until it ends", (call, cancellationToken) => WatchAsync(call, call.Id(id), cancellationToken), id);
    }

    private static ApiCommand Receipts()
    {
        var id = Inputs.Id("run");
        var outcome = Inputs.Word("--outcome", "Only these", "added", "removed", "unchanged", "skipped", "rejected");
        var operation = Inputs.Word("--operation", "Only these", "add", "remove", "no-op", "none");
        var search = Inputs.Text("--q", "Only those with this in their ids or address");
        var (limit, cursor, csv) = (Inputs.Limit(), Inputs.Cursor(), Inputs.Csv());
        return new ApiCommand("receipts", "Show what became of each member", (call, cancellationToken) =>
        {
            var path = $"runs/{call.Id(id)}/receipts";
            var (o, p, q) = (call.Value(outcome), call.Value(operation), call.Value(search));
            return call.Value(csv)
                ? call.ShowCsvAsync($"{path}.csv{Inputs.Query(("outcome", o), ("operation", p), ("q", q))}", cancellationToken)
                : call.ShowPageAsync(path + Inputs.Query(
                    ("limit", call.Value(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Value(cursor)),
                    ("outcome", o), ("operation", p), ("q", q)), ReceiptColumns, cancellationToken);
        }, id, outcome, operation, search, limit, cursor, csv);
    }
}
