using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Muster.Web.Cohorts.Builder;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Web;

public sealed class GroupEditorTests
{
    [Fact]
    public async Task Add_DidSomething_IsAConditionToFillIn()
    {
        await using var bench = new PageBench();
        var (group, changes) = (new GroupDraft(), 0);
        var editor = bench.Context.Render<GroupEditor>(p => p.Add(e => e.Group, group).Add(e => e.OnChange, () => changes++));

        await editor.FindAll("button").First(b => b.TextContent.Trim() == "Did something").ClickAsync(new MouseEventArgs());
        await editor.Find("input[aria-label='Event']").InputAsync(new ChangeEventArgs { Value = "Purchase" });
        await editor.Find("select[aria-label='Did or did not']").ChangeAsync(new ChangeEventArgs { Value = "not" });

        DraftWriter.Write(group).ToJsonString().ShouldBe("""{"event":"Purchase","count":{"eq":0}}""");
        changes.ShouldBe(3);
    }

    [Fact]
    public async Task Group_NoneOf_IsNotAny()
    {
        await using var bench = new PageBench();
        var group = new GroupDraft { Items = [new CohortDraft { CohortId = "1" }, new CohortDraft { CohortId = "2" }] };
        var editor = bench.Context.Render<GroupEditor>(p => p.Add(e => e.Group, group));

        await editor.Find("select[aria-label='Group']").ChangeAsync(new ChangeEventArgs { Value = "not-any" });

        DraftWriter.Write(group).ToJsonString().ShouldBe("""{"not":{"any":[{"cohort":1},{"cohort":2}]}}""");
    }

    [Fact]
    public async Task Remove_Condition_IsGone()
    {
        await using var bench = new PageBench();
        var group = new GroupDraft { Items = [new CohortDraft { CohortId = "1" }, new CohortDraft { CohortId = "2" }] };
        var editor = bench.Context.Render<GroupEditor>(p => p.Add(e => e.Group, group));

        await editor.Find("button[aria-label='Remove this condition']").ClickAsync(new MouseEventArgs());

        group.Items.ShouldHaveSingleItem().ShouldBeOfType<CohortDraft>().CohortId.ShouldBe("2");
    }
}
