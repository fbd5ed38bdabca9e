using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;

namespace Muster.Sandbox.Pages;

/// <summary>The lists, the members of one, and the latest calls, for a person to look at.</summary>
internal sealed class ListPages(AudienceStore store, CallLog log)
{
    private const int PageSize = 50;
    private const int LatestCalls = 15;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", ListsAsync);
        routes.MapGet("/lists/{listId:long}", MembersAsync);
        routes.MapGet("/sandbox.css", StyleAsync);
    }

    private Task ListsAsync(HttpContext context)
    {
        List<Row> rows;
        lock (store.Gate)
        {
            rows = [.. store.Lists.Reverse().Select(list => new Row(list.Id, list.Name, list.CreatedAt, list.Members.Count, list.InUse))];
        }

        var lists = rows.Count == 0
            ? Markup.Of($"""<p class="empty">No lists yet. They appear here once a sync has made one.</p>""")
            : Markup.Of($"""
                <div class="table"><table>
                <thead><tr><th>List</th><th class="less">List ID</th><th class="less">Created (UTC)</th><th class="number">Contacts</th></tr></thead>
                <tbody>
                {Markup.Each(rows, ListRow)}</tbody></table></div>
                """);
        return Layout.SendAsync(context, store.Options, "Lists", Markup.Of($"""
            <p class="crumbs">Audience</p>
            <div class="head"><h1>Lists</h1><span class="count">{rows.Count:N0}</span></div>
            {lists}
            <h2>Latest API calls</h2>
            {Calls(log.Latest(LatestCalls))}
            """));
    }

    private Task MembersAsync(HttpContext context)
    {
        var id = long.Parse((string)context.GetRouteValue("listId")!, CultureInfo.InvariantCulture);
        var query = context.Request.Query["q"].ToString().Trim();
        Row? row = null;
        Member[] members = [];
        lock (store.Gate)
        {
            if (store.ListNumbered(id) is { } list)
            {
                row = new Row(list.Id, list.Name, list.CreatedAt, list.Members.Count, list.InUse);
                members = [.. list.Members
                    .Select(member => new Member(member.Key.Email, member.Key.UserId, member.Value, member.Key.ChannelUnsubscribed))
                    .Where(member => Matches(member, query))];
            }
        }

        if (row is null)
        {
            return Layout.SendAsync(
                context, store.Options, "No such list", Markup.Of($"""<h1>No such list</h1><p><a href="/">All lists</a></p>"""), StatusCodes.Status404NotFound);
        }

        var pages = Math.Max(1, (members.Length + PageSize - 1) / PageSize);
        _ = int.TryParse(context.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page);
        page = Math.Clamp(page, 1, pages);
        var shown = members.OrderByDescending(member => member.AddedAtMs).Skip((page - 1) * PageSize).Take(PageSize);
        return Layout.SendAsync(context, store.Options, row.Name, Markup.Of($"""
            <p class="crumbs"><a href="/">Audience</a> / <a href="/">Lists</a></p>
            <div class="head"><h1>{row.Name}</h1><span class="count">{row.Size:N0} contacts</span>{InUseTag(row)}</div>
            <p class="facts">List ID {row.Id} · created {row.CreatedAt} UTC</p>
            <form class="search" method="get" role="search">
            <label for="q">Find by email or user ID</label>
            <input id="q" name="q" type="search" value="{query}"><button>Search</button>
            </form>
            {MemberTable(shown, members.Length, query)}
            {Pager(id, query, page, pages)}
            """));
    }

    private static async Task StyleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/css; charset=utf-8";
        await using var css = typeof(ListPages).Assembly.GetManifestResourceStream("Muster.Sandbox.Pages.sandbox.css")!;
        await css.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static Markup ListRow(Row row) => Markup.Of($"""
        <tr><td class="name"><a href="/lists/{row.Id}">{row.Name}</a>{InUseTag(row)}</td><td class="less">{row.Id}</td><td class="less">{row.CreatedAt}</td><td class="number">{row.Size:N0}</td></tr>

        """);

    private static Markup InUseTag(Row row) => row.InUse ? Markup.Of($""" <span class="tag">in use</span>""") : default;

    private static Markup MemberTable(IEnumerable<Member> members, int found, string query)
    {
        if (found == 0)
        {
            return query.Length == 0
                ? Markup.Of($"""<p class="empty">Nobody is on this list.</p>""")
                : Markup.Of($"""<p class="empty">Nobody on this list matches “{query}”.</p>""");
        }

        return Markup.Of($"""
            <div class="table"><table>
            <thead><tr><th>Email</th><th>User ID</th><th class="less">Added (UTC)</th></tr></thead>
            <tbody>
            {Markup.Each(members, MemberRow)}</tbody></table></div>
            """);
    }

    private static Markup MemberRow(Member member)
    {
        var unsubscribed = member.ChannelUnsubscribed ? Markup.Of($""" <span class="tag warn">channel unsubscribed</span>""") : default;
        return Markup.Of($"""
            <tr><td class="name">{member.Email ?? "–"}{unsubscribed}</td><td>{member.UserId ?? "–"}</td><td class="less">{DateTimeOffset.FromUnixTimeMilliseconds(member.AddedAtMs)}</td></tr>

            """);
    }

    private static Markup Pager(long id, string query, int page, int pages)
    {
        if (pages == 1)
        {
            return default;
        }

        var search = query.Length == 0 ? string.Empty : $"&q={Uri.EscapeDataString(query)}";
        var before = page > 1
            ? Markup.Of($"""<a rel="prev" href="/lists/{id}?page={page - 1}{search}">Previous</a>""")
            : Markup.Of($"""<span>Previous</span>""");
        var after = page < pages
            ? Markup.Of($"""<a rel="next" href="/lists/{id}?page={page + 1}{search}">Next</a>""")
            : Markup.Of($"""<span>Next</span>""");
        return Markup.Of($"""<nav class="pager" aria-label="Pages">{before}<span>Page {page:N0} of {pages:N0}</span>{after}</nav>""");
    }

    private static Markup Calls(IReadOnlyList<SandboxCall> calls) => calls.Count == 0
        ? Markup.Of($"""<p class="empty">No calls yet.</p>""")
        : Markup.Of($"""
            <div class="table"><table>
            <thead><tr><th class="less">Time (UTC)</th><th>Call</th><th>Status</th><th class="number">Subscribers</th><th class="number less">Failed</th><th class="number less">ms</th></tr></thead>
            <tbody>
            {Markup.Each(calls, CallRow)}</tbody></table></div>
            """);

    private static Markup CallRow(SandboxCall call)
    {
        var status = call.Status == 0 ? "–" : call.Status.ToString(CultureInfo.InvariantCulture);
        var look = call.Status is >= 200 and < 300 ? "good" : "warn";
        var subscribers = call.Subscribers is { } sent ? Markup.Of($"{sent:N0}") : default;
        var failed = call.FailCount is { } fails ? Markup.Of($"{fails:N0}") : default;
        return Markup.Of($"""
            <tr><td class="less">{TimeOf(call)}</td><td class="name"><code>{call.Method} {call.Path}</code></td><td><span class="tag {look}">{status}</span></td><td class="number">{subscribers}</td><td class="number less">{failed}</td><td class="number less">{(long)call.Milliseconds}</td></tr>

            """);
    }

    private static string TimeOf(SandboxCall call) => call.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static bool Matches(Member member, string query) =>
        query.Length == 0
        || member.Email?.Contains(query, StringComparison.OrdinalIgnoreCase) == true
        || member.UserId?.Contains(query, StringComparison.OrdinalIgnoreCase) == true;

    private sealed record Row(long Id, string Name, DateTimeOffset CreatedAt, int Size, bool InUse);

    private readonly record struct Member(string? Email, string? UserId, long AddedAtMs, bool ChannelUnsubscribed);
}
