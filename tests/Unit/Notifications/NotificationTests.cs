using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Muster.Control;
using Muster.Control.Notifications;
using Muster.Notifications;
using Muster.Tests.Unit.Iterable;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Notifications;

/// <summary>Notifications from their settings to whoever is told, over a real mail server and a real webhook.</summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-notifications-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly MailServer _mail = new();
    private readonly List<(JsonElement Body, string Path)> _posted = [];
    private SmallServer _webhook = null!;
    private int _webhookStatus = 200;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string WebhookUrl => $"{_webhook.Address}services/T000/secret-part-1234";

    public async ValueTask InitializeAsync()
    {
        _webhook = await SmallServer.StartAsync(
            async context =>
            {
                _posted.Add((await context.Request.ReadFromJsonAsync<JsonElement>(), context.Request.Path));
                context.Response.StatusCode = _webhookStatus;
            },
            CancellationToken.None);
        await StartAsync(new MailOptions { Host = "127.0.0.1", Port = _mail.Port, Security = MailSecurity.None, From = "muster@shop.example" });
        (await SendAsync(HttpMethod.Post, "projects", new { name = "Shop" })).Status.ShouldBe(201);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _webhook.DisposeAsync();
        await _mail.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Settings_Set_AreShownWithoutTheWebhooksSecret()
    {
        var set = await SendAsync(HttpMethod.Put, "projects/1/notifications", new { emails = new[] { "ops@shop.example" }, webhookUrl = WebhookUrl });
        var kept = await SendAsync(HttpMethod.Put, "projects/1/notifications", new { tellCreator = false });

        set.Body.GetProperty("webhookHint").GetString().ShouldBe("127.0.0.1/…1234");
        kept.Body.GetProperty("emails")[0].GetString().ShouldBe("ops@shop.example");
        kept.Body.GetProperty("webhookHint").GetString().ShouldBe("127.0.0.1/…1234");
        kept.Body.GetProperty("tellCreator").GetBoolean().ShouldBeFalse();
        kept.Body.GetRawText().ShouldNotContain("secret-part");
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "control.db"), Stop)).AsSpan().IndexOf("secret-part"u8).ShouldBe(-1);
        (await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = (string?)null })).Body.GetProperty("webhookHint").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Settings_Faulty_NamesEachFault()
    {
        var (status, body) = await SendAsync(
            HttpMethod.Put, "projects/1/notifications", new { emails = new[] { "ok@x.io", "no" }, webhookUrl = "ftp://x", tellCreator = 1, more = 2 });

        status.ShouldBe(422);
        body.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()).ShouldBe(
            ["/emails/1", "/webhookUrl", "/tellCreator", "/more"], ignoreOrder: true);
    }

    [Fact]
    public async Task Settings_AnalystAsks_IsForbidden()
    {
        var token = (await SendAsync(HttpMethod.Post, "tokens", new { name = "a", role = "analyst" })).Body.GetProperty("token").GetString();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        (await SendAsync(HttpMethod.Get, "projects/1/notifications", null)).Status.ShouldBe(403);
        (await SendAsync(HttpMethod.Get, "projects/1/notifications/deliveries", null)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Work_StateChanged_TellsTheCreatorTheAddressesAndTheWebhookOnce()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { emails = new[] { "ops@shop.example", "ANA@shop.example" }, webhookUrl = WebhookUrl });
        await TellAsync(NotificationKind.Paused, "The sync of '<!channel>' is paused");

        await WorkAsync();
        await WorkAsync();

        _mail.Mails.Count.ShouldBe(2);
        _mail.Mails.ShouldAllBe(m => m.Contains("Subject: The sync of '<!channel>' is paused") && m.Contains("From: Muster <muster@shop.example>"));
        var (body, path) = _posted.ShouldHaveSingleItem();
        path.ShouldBe("/services/T000/secret-part-1234");
        body.GetProperty("text").GetString()!.ShouldContain("&lt;!channel&gt;");
        body.GetProperty("notification").GetProperty("kind").GetString().ShouldBe("paused");
        var deliveries = await DeliveriesAsync();
        deliveries.Count.ShouldBe(3);
        deliveries.ShouldAllBe(d => d.GetProperty("status").GetString() == "delivered");
    }

    [Fact]
    public async Task Work_WebhookIsDown_TriesAgainLaterAndShowsTheFailure()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl, tellCreator = false });
        await TellAsync(NotificationKind.Held, "held");
        _webhookStatus = 503;

        await WorkAsync();
        await WorkAsync();
        var first = (await DeliveriesAsync()).ShouldHaveSingleItem();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _webhookStatus = 200;
        await WorkAsync();

        first.GetProperty("status").GetString().ShouldBe("pending");
        first.GetProperty("error").GetString().ShouldBe("The webhook answered 503.");
        first.GetRawText().ShouldNotContain("secret-part");
        _posted.Count.ShouldBe(2);
        (await DeliveriesAsync())[0].GetProperty("status").GetString().ShouldBe("delivered");
    }

    [Fact]
    public async Task Work_NeverArrives_IsGivenUpAfterSixTries()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl, tellCreator = false });
        await TellAsync(NotificationKind.Failing, "failing");
        _webhookStatus = 500;

        for (var hours = 0; hours < 20; hours++)
        {
            await WorkAsync();
            _clock.Advance(TimeSpan.FromHours(1));
        }

        _posted.Count.ShouldBe(6);
        (await DeliveriesAsync())[0].GetProperty("status").GetString().ShouldBe("failed");
    }

    [Fact]
    public async Task Work_WebhookIsGoneOrTheMailboxUnknown_IsGivenUpAtOnce()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl });
        await TellAsync(NotificationKind.Paused, "paused");
        _webhookStatus = 404;
        _mail.RecipientAnswer = "550 no such user here: ana@shop.example";

        await WorkAsync();

        var deliveries = await DeliveriesAsync();
        deliveries.ShouldAllBe(d => d.GetProperty("status").GetString() == "failed" && d.GetProperty("tries").GetInt32() == 1);
        deliveries.Select(d => d.GetProperty("error").GetString()).ShouldBe(["The webhook answered 404.", "The mail server refused it (550)."], ignoreOrder: true);
    }

    [Fact]
    public async Task Work_NoMailServerSet_IsShownAndTheWebhookIsTold()
    {
        await StopAsync();
        await StartAsync(new MailOptions());
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl });
        await TellAsync(NotificationKind.Paused, "paused");

        await WorkAsync();

        _posted.Count.ShouldBe(1);
        var mail = (await DeliveriesAsync()).Single(d => d.GetProperty("channel").GetString() == "email");
        mail.GetProperty("error").GetString()!.ShouldContain("MUSTER_SMTP_HOST");
        (await SendAsync(HttpMethod.Get, "projects/1/notifications", null)).Body.GetProperty("mailServerSet").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Work_ProcessEndedBefore_IsToldByTheNext()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl, tellCreator = false });
        await TellAsync(NotificationKind.Recovered, "recovered");

        await StopAsync();
        await StartAsync(new MailOptions());
        await WorkAsync();

        _posted.ShouldHaveSingleItem().Body.GetProperty("text").GetString()!.ShouldStartWith("*recovered*");
    }

    [Fact]
    public async Task Test_Asked_ReachesTheWebhook()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl });

        (await SendAsync(HttpMethod.Post, "projects/1/notifications/test", new { })).Status.ShouldBe(202);
        await WorkAsync();

        _posted.ShouldHaveSingleItem().Body.GetProperty("text").GetString()!.ShouldStartWith("*Muster can reach you*");
    }

    [Fact]
    public async Task ForgetOld_AMonthLater_LetsGo()
    {
        await SendAsync(HttpMethod.Put, "projects/1/notifications", new { webhookUrl = WebhookUrl, tellCreator = false });
        await TellAsync(NotificationKind.Paused, "paused");
        await WorkAsync();
        _clock.Advance(TimeSpan.FromDays(31));

        await _app.Services.GetRequiredService<Outbox>().ForgetOldAsync(Stop);

        (await DeliveriesAsync()).ShouldBeEmpty();
    }

    private async Task StartAsync(MailOptions mail)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddControl(new ControlOptions { DataDir = _folder, AdminToken = "the-admin-token-of-this-test" });
        builder.Services.AddNotifications(mail);
        // The tests say themselves when it works.
        builder.Services.Remove(builder.Services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(OutboxWorker)));
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapGroup("/api/v1").MapControl().MapNotifications();
        await _app.Services.MigrateControlAsync(CancellationToken.None);
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First() + "/api/v1/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-admin-token-of-this-test");
    }

    private async Task StopAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private Task WorkAsync() => _app.Services.GetRequiredService<Outbox>().WorkAsync(Stop);

    /// <summary>Writes a notification as a run's end does, of a sync that ana@shop.example made.</summary>
    private async Task TellAsync(NotificationKind kind, string subject)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(Stop);
        var sync = new Sync
        {
            ProjectId = 1,
            CohortId = 1,
            ConnectionId = 1,
            Type = SyncType.Dynamic,
            IntervalSeconds = 900,
            Status = SyncStatus.Active,
            ListName = "list",
            CreatedAt = _clock.GetUtcNow(),
            CreatedBy = "ana@shop.example",
        };
        db.Add(sync);
        await db.SaveChangesAsync(Stop);
        db.Add(new Notification { ProjectId = 1, SyncId = sync.Id, RunId = 7, Kind = kind, Subject = subject, Text = "What it means.", At = _clock.GetUtcNow() });
        await db.SaveChangesAsync(Stop);
    }

    private async Task<List<JsonElement>> DeliveriesAsync() =>
        [.. (await SendAsync(HttpMethod.Get, "projects/1/notifications/deliveries", null)).Body.GetProperty("items").EnumerateArray()];

    private async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request, Stop);
        return ((int)answer.StatusCode, answer.StatusCode == HttpStatusCode.Forbidden ? default : await answer.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }
}
