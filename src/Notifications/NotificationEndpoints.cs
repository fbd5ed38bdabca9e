using System.Net.Mail;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Notifications;

namespace Muster.Notifications;

/// <summary>Whom a project's notifications go to, and what became of them.</summary>
internal static class NotificationEndpoints
{
    private const int MostEmails = 50;

    public static void MapNotificationEndpoints(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/projects/{projectId:int}/notifications").WithTags("notifications").RequireAuthorization(Policies.Admin);
        notifications.MapGet("/", GetAsync).WithSummary("Who is told of a project's syncs").Produces<SettingsView>();
        notifications.MapPut("/", PutAsync).WithSummary("Change who is told; what is left out stays as it is, null takes the webhook away")
            .Accepts<SettingsRequest>("application/json").Produces<SettingsView>();
        notifications.MapPost("/test", TestAsync).WithSummary("Tell everyone that this is a trial").Produces<TestView>(202);
        notifications.MapGet("/deliveries", DeliveriesAsync).WithSummary("What was told, to whom, and what did not arrive; latest first")
            .Produces<Page<DeliveryView>>();
    }

    private static Task<IResult> GetAsync(int projectId, Caller caller, ControlDb db, MailOptions mail, CancellationToken cancellationToken) =>
        InProjectAsync(projectId, caller, db, async () => TypedResults.Ok(
            SettingsView.Of(await db.NotificationSettings.AsNoTracking().SingleOrDefaultAsync(s => s.ProjectId == projectId, cancellationToken), mail)),
            cancellationToken);

    private static Task<IResult> PutAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, MailOptions mail, Secrets secrets, TimeProvider clock, CancellationToken cancellationToken) =>
        InProjectAsync(projectId, caller, db, async () =>
        {
            var emails = body.Has("emails") ? Emails(body, body.Json("emails")) : null;
            bool? tellCreator = body.Has("tellCreator") ? Flag(body, "tellCreator") : null;
            var removesWebhook = body.IsNull("webhookUrl");
            var webhook = Webhook(body);
            if (body.HasFaults(out var problem))
            {
                return problem;
            }

            var settings = await db.NotificationSettings.SingleOrDefaultAsync(s => s.ProjectId == projectId, cancellationToken);
            if (settings is null)
            {
                settings = new NotificationSettings { ProjectId = projectId, UpdatedAt = clock.GetUtcNow(), UpdatedBy = caller.Name };
                db.NotificationSettings.Add(settings);
            }

            settings.Emails = emails ?? settings.Emails;
            settings.TellCreator = tellCreator ?? settings.TellCreator;
            if (webhook is not null || removesWebhook)
            {
                settings.ProtectedWebhookUrl = webhook is null ? null : secrets.Protect(webhook.AbsoluteUri);
                settings.WebhookHint = webhook is null ? null : WebhookDelivery.Hint(webhook);
            }

            (settings.UpdatedAt, settings.UpdatedBy) = (clock.GetUtcNow(), caller.Name);
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Ok(SettingsView.Of(settings, mail));
        }, cancellationToken);

    private static Task<IResult> TestAsync(int projectId, Caller caller, ControlDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        InProjectAsync(projectId, caller, db, async () =>
        {
            var notification = new Notification
            {
                ProjectId = projectId,
                Kind = NotificationKind.Test,
                Subject = "Muster can reach you",
                Text = $"{caller.Name} tried the notifications of project {projectId}. Nothing is to be done.",
                At = clock.GetUtcNow(),
            };
            db.Notifications.Add(notification);
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Accepted($"/api/v1/projects/{projectId}/notifications/deliveries", new TestView(notification.Id));
        }, cancellationToken);

    private static Task<IResult> DeliveriesAsync(int projectId, Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        InProjectAsync(projectId, caller, db, async () =>
        {
            if (paging.Problem is { } problem)
            {
                return problem;
            }

            var read = await db.NotificationDeliveries.AsNoTracking()
                .Where(d => d.ProjectId == projectId && (paging.After == 0 || d.Id < paging.After))
                .OrderByDescending(d => d.Id).Take(paging.Limit + 1)
                .Join(db.Notifications.AsNoTracking(), d => d.NotificationId, n => n.Id, (d, n) => new { Delivery = d, Notification = n })
                .OrderByDescending(r => r.Delivery.Id).ToListAsync(cancellationToken);
            return TypedResults.Ok(paging.Page(read, r => r.Delivery.Id, r => DeliveryView.Of(r.Notification, r.Delivery)));
        }, cancellationToken);

    private static async Task<IResult> InProjectAsync(int projectId, Caller caller, ControlDb db, Func<Task<IResult>> act, CancellationToken cancellationToken) =>
        caller.Sees(projectId) && await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken) ? await act() : ApiProblem.NotFound("project");

    private static List<string> Emails(RequestBody body, JsonElement given)
    {
        var emails = new List<string>();
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > MostEmails)
        {
            body.AddFault("emails", $"must be a list of at most {MostEmails} addresses");
            return emails;
        }

        foreach (var (index, item) in given.EnumerateArray().Index())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (MailAddress.TryCreate(text, out var address) && address.Address == text)
            {
                emails.Add(text);
            }
            else
            {
                body.AddFault(new Fault($"/emails/{index}", "must be an email address"));
            }
        }

        return emails;
    }

    private static bool Flag(RequestBody body, string key)
    {
        var given = body.Json(key);
        if (given.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            body.AddFault(key, "must be true or false");
        }

        return given.ValueKind == JsonValueKind.True;
    }

    private static Uri? Webhook(RequestBody body)
    {
        if (body.OptionalText("webhookUrl", 2000) is not { Length: > 0 } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) && url.UserInfo.Length == 0)
        {
            return url;
        }

        body.AddFault("webhookUrl", "must be an http or https address without a user name");
        return null;
    }

    private sealed record SettingsRequest(IReadOnlyList<string>? Emails, bool? TellCreator, string? WebhookUrl);

    private sealed record TestView(long NotificationId);

    private sealed record SettingsView(
        IReadOnlyList<string> Emails, bool TellCreator, string? WebhookHint, bool MailServerSet, DateTimeOffset? UpdatedAt, string? UpdatedBy)
    {
        public static SettingsView Of(NotificationSettings? settings, MailOptions mail) => new(
            settings?.Emails ?? [], settings?.TellCreator ?? true, settings?.WebhookHint, mail.Host is not null, settings?.UpdatedAt, settings?.UpdatedBy);
    }

    private sealed record DeliveryView(
        long Id, long NotificationId, NotificationKind Kind, int? SyncId, long? RunId, string Subject, string Text, DateTimeOffset At,
        NotificationChannel Channel, string Recipient, DeliveryStatus Status, int Tries, DateTimeOffset? NextTryAt, string? Error, DateTimeOffset? DeliveredAt)
    {
        public static DeliveryView Of(Notification notification, NotificationDelivery delivery) => new(
            delivery.Id, notification.Id, notification.Kind, notification.SyncId, notification.RunId, notification.Subject, notification.Text, notification.At,
            delivery.Channel, delivery.Recipient, delivery.Status, delivery.Tries, delivery.NextTryAt, delivery.Error, delivery.DeliveredAt);
    }
}
