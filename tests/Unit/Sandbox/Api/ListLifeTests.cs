using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Api;

public sealed class ListLifeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetLists_Created_AreToldNewestFirst()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var first = await sandbox.CreateListAsync("one");
        var second = await sandbox.CreateListAsync("two");

        var lists = (await sandbox.JsonAsync("/api/lists")).GetProperty("lists");

        lists.EnumerateArray().Select(list => list.GetProperty("id").GetInt64()).ShouldBe([second, first]);
        lists[0].GetProperty("name").GetString().ShouldBe("two");
        lists[0].GetProperty("listType").GetString().ShouldBe("Standard");
        lists[0].GetProperty("createdAt").GetInt64().ShouldBe(sandbox.Clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task GetUsers_Members_AreOneALine()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync(options => options with { ReadsPerMinute = 0 });
        var list = await sandbox.CreateListAsync();
        await sandbox.SubscribeAsync(list, "a@b.co", "c@d.ef");

        (await sandbox.TextAsync($"/api/lists/getUsers?listId={list}")).Split('\n').Order().ShouldBe(["", "a@b.co", "c@d.ef"]);
        (await sandbox.TextAsync($"/api/lists/previewUsers?listId={list}&size=1")).Split('\n').Length.ShouldBe(2);
        (await sandbox.TextAsync($"/api/lists/getUsers?listId={await sandbox.CreateListAsync()}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_ListInUse_Is409()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await InUseAsync(sandbox, list, true);

        (await DeleteAsync(sandbox, $"/api/lists/{list}")).ShouldBe(HttpStatusCode.Conflict);

        await InUseAsync(sandbox, list, false);
        (await DeleteAsync(sandbox, $"/api/lists/{list}")).ShouldBe(HttpStatusCode.OK);
        (await DeleteAsync(sandbox, $"/api/lists/{list}")).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task NewList_WithDelay_IsUnknownForAMoment()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync(options => options with { NewListDelayMs = 500 });
        var list = await sandbox.CreateListAsync();

        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Body.GetProperty("msg").GetString()!.ShouldContain("invalidListId");
        (await sandbox.JsonAsync("/api/lists")).GetProperty("lists").GetArrayLength().ShouldBe(0);

        sandbox.Clock.Advance(TimeSpan.FromMilliseconds(500));
        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Size_WithLag_SettlesAfterTheLastChange()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync(options => options with { SizeLagMs = 60_000, ReadsPerMinute = 0 });
        var list = await sandbox.CreateListAsync();
        await sandbox.SubscribeAsync(list, "a@b.co", "c@d.ef");

        (await sandbox.TextAsync($"/api/lists/{list}/size")).ShouldBe("0");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await sandbox.TextAsync($"/api/lists/{list}/size")).ShouldBe("2");
        await sandbox.SubscribeAsync(list, "e@f.gh");
        (await sandbox.TextAsync($"/api/lists/{list}/size")).ShouldBe("2");
    }

    [Fact]
    public async Task User_LookedUp_HasItsListsAndUnknownIsAnEmptyObject()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await sandbox.SubscribeAsync(list, "A@b.co");

        var user = (await sandbox.JsonAsync("/api/users/getByEmail?email=a%40B.co")).GetProperty("user");

        user.GetProperty("email").GetString().ShouldBe("a@b.co");
        user.GetProperty("dataFields").GetProperty("emailListIds")[0].GetInt64().ShouldBe(list);
        user.GetProperty("dataFields").GetProperty("signupDate").GetString().ShouldBe("2026-03-01 12:00:00 +00:00");
        (await sandbox.TextAsync("/api/users/nobody@b.co")).ShouldBe("{}");
    }

    [Fact]
    public async Task User_WithSlashInUserId_IsFoundByPath()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await sandbox.PostAsync("/api/lists/subscribe", $$"""{"listId":{{list}},"subscribers":[{"email":"a@b.co","userId":"a/b c"}]}""");

        (await sandbox.JsonAsync("/api/users/byUserId/a%2Fb%20c")).GetProperty("user").GetProperty("userId").GetString().ShouldBe("a/b c");
    }

    [Fact]
    public async Task BehindTheBack_MembersAndLists_Change()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await sandbox.SubscribeAsync(list, "a@b.co");

        var changed = await SandboxUnderTest.AnswerAsync(sandbox.PostAsync(
            $"/sandbox/lists/{list}/members", """{"add":[{"email":"x@y.zz"}],"remove":[{"email":"a@b.co"}]}"""));

        changed.Body.GetProperty("added").GetInt32().ShouldBe(1);
        changed.Body.GetProperty("removed").GetInt32().ShouldBe(1);
        (await sandbox.JsonAsync("/sandbox/state")).GetProperty("lists")[0].GetProperty("members")[0].GetProperty("email").GetString().ShouldBe("x@y.zz");
        (await DeleteAsync(sandbox, $"/sandbox/lists/{list}")).ShouldBe(HttpStatusCode.OK);
        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Calls_Made_AreLoggedWithTheirCounts()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync(options => options with { KeepBodies = true });
        var list = await sandbox.CreateListAsync();
        await sandbox.SubscribeAsync(list, "a@b.co", "bad");

        var calls = await sandbox.JsonAsync("/sandbox/calls?after=1");

        var call = calls.GetProperty("calls").EnumerateArray().ShouldHaveSingleItem();
        call.GetProperty("path").GetString().ShouldBe("/api/lists/subscribe");
        call.GetProperty("status").GetInt32().ShouldBe(200);
        call.GetProperty("listId").GetInt64().ShouldBe(list);
        call.GetProperty("subscribers").GetInt32().ShouldBe(2);
        call.GetProperty("successCount").GetInt32().ShouldBe(1);
        call.GetProperty("failCount").GetInt32().ShouldBe(1);
        call.GetProperty("body").GetString()!.ShouldContain("a@b.co");
        calls.GetProperty("totals").EnumerateArray().Select(total => total.GetProperty("path").GetString())
            .ShouldBe(["POST /api/lists", "POST /api/lists/subscribe"]);
    }

    private static async Task<HttpStatusCode> DeleteAsync(SandboxUnderTest sandbox, string path)
    {
        using var response = await sandbox.Http.DeleteAsync(path, Cancelled);
        return response.StatusCode;
    }

    private static async Task InUseAsync(SandboxUnderTest sandbox, long list, bool inUse)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { inUse }));
        using var response = await sandbox.Http.PutAsync($"/sandbox/lists/{list}/in-use", content, Cancelled);
        response.EnsureSuccessStatusCode();
    }
}
