using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;
using Muster.Web.Api;
using Muster.Web.Cohorts;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Web;

public sealed class ExportDialogTests
{
    private static readonly CohortItem Cohort = new(5, "Buyers", null, null, 10, null, default, default, "someone");

    private static readonly ConnectionItem Connection =
        new(3, "Main", "connected", "us", "email", "none", "abcd", new WebhookItem("http://localhost/hooks/iterable/3", null), default, "someone");

    [Fact]
    public async Task Start_Dynamic_AsksForTheIntervalAndGoesToTheRun()
    {
        await using var bench = new PageBench();
        bench.Answer("GET projects/1/syncs", new { items = Array.Empty<object>(), nextCursor = (string?)null });
        bench.Answer("POST projects/1/syncs/preview", new
        {
            listName = "mixpanel_Buyers_5",
            members = 10,
            matched = 7,
            skipped = new { no_email = 3 },
            adds = 7,
            removes = 0,
            unchanged = 0,
            calls = 1,
            estimatedSeconds = 0.2,
        });
        bench.Answer("POST projects/1/syncs", new { id = 9, cohortId = 5, connectionId = 3, type = "dynamic", intervalSeconds = 1800, status = "active", listName = "mixpanel_Buyers_5" }, 201);
        var dialogs = bench.Context.Render<MudDialogProvider>();
        bench.Context.Render<ExportDialog>(p => p.Add(d => d.ProjectId, 1).Add(d => d.Cohort, Cohort).Add(d => d.Connection, Connection));

        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldContain("mixpanel_Buyers_5"));
        dialogs.Markup.ShouldContain("skipped: no email");
        await dialogs.Find("input[aria-label='Dynamic sync']").ChangeAsync(new ChangeEventArgs { Value = true });
        await dialogs.Find("input[type='number']").InputAsync(new ChangeEventArgs { Value = "30" });
        await dialogs.FindAll("button").First(b => b.TextContent.Trim() == "Start sync").ClickAsync(new MouseEventArgs());

        var (_, body) = bench.Calls[^1];
        body!.Value.GetProperty("type").GetString().ShouldBe("dynamic");
        body.Value.GetProperty("intervalSeconds").GetInt32().ShouldBe(1800);
    }
}
