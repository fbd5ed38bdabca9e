using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Muster.Control.Forwarding;
using Muster.Control.Notifications;
using Muster.Control.People;
using Muster.Control.Tokens;

namespace Muster.Control.Audit;

/// <summary>What the audit log says of changes to one kind of control data.</summary>
/// <param name="Word">What it is called, as <c>cohort</c>.</param>
/// <param name="ProjectId">Whose it is; null: the installation's.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Shown">Properties that are logged with what they were and are. Others are the program's own, and not logged.</param>
/// <param name="Secret">Properties of which only is said that they changed, by the word for them.</param>
/// <param name="IsDeleted">Whether a change takes it out of use, for what keeps its row.</param>
internal sealed record AuditedType(
    string Word, Func<object, int?> ProjectId, Func<object, long> Id, Func<object, string?> Name,
    IReadOnlyList<string> Shown, IReadOnlyDictionary<string, string> Secret, Func<EntityEntry, bool>? IsDeleted = null)
{
    private static readonly Dictionary<Type, AuditedType> All = new()
    {
        [typeof(Project)] = Of<Project>("project", p => p.Id, p => p.Id, p => p.Name,
            [nameof(Project.Name), nameof(Project.Timezone), nameof(Project.IdMerge), nameof(Project.MtuAlert)]),
        [typeof(Connection)] = Of<Connection>("connection", c => c.ProjectId, c => c.Id, c => c.Name,
            [nameof(Connection.Name), nameof(Connection.Status), nameof(Connection.DataCenter), nameof(Connection.ProjectType), nameof(Connection.UserIdFallback)],
            (nameof(Connection.ProtectedApiKey), "apiKey"), (nameof(Connection.ProtectedWebhookAuthorization), "webhookAuthorization")),
        [typeof(Cohort)] = Of<Cohort>("cohort", c => c.ProjectId, c => c.Id, c => c.Name,
            [nameof(Cohort.Name), nameof(Cohort.Description), nameof(Cohort.Definition)]),
        [typeof(Sync)] = Of<Sync>("sync", s => s.ProjectId, s => s.Id, s => s.ListName,
            [
                nameof(Sync.CohortId), nameof(Sync.ConnectionId), nameof(Sync.Type), nameof(Sync.IntervalSeconds), nameof(Sync.Status),
                nameof(Sync.GuardPercent), nameof(Sync.GuardAtLeast),
            ]) with
        { IsDeleted = entry => entry.Property(nameof(Sync.DeletedAt)).IsModified },
        [typeof(ForwardingSettings)] = Of<ForwardingSettings>("forwarding", f => f.ProjectId, f => f.ConnectionId, _ => null,
            [
                nameof(ForwardingSettings.Enabled), nameof(ForwardingSettings.MixpanelProjectId), nameof(ForwardingSettings.DataResidency),
                nameof(ForwardingSettings.ServiceAccount),
            ],
            (nameof(ForwardingSettings.ProtectedSecret), "secret")),
        [typeof(ApiToken)] = Of<ApiToken>("token", t => t.ProjectId, t => t.Id, t => t.Name,
            [nameof(ApiToken.Name), nameof(ApiToken.Role), nameof(ApiToken.ExpiresAt)], (nameof(ApiToken.Hash), "token")),
        [typeof(NotificationSettings)] = Of<NotificationSettings>("notifications", n => n.ProjectId, n => n.ProjectId, _ => null,
            [nameof(NotificationSettings.Emails), nameof(NotificationSettings.TellCreator), nameof(NotificationSettings.WebhookHint)],
            (nameof(NotificationSettings.ProtectedWebhookUrl), "webhookUrl")),
        [typeof(Person)] = Of<Person>("person", _ => null, p => p.Id, p => p.Email,
            [nameof(Person.Email), nameof(Person.IsInstanceAdmin), nameof(Person.TwoFactorEnabled), nameof(Person.OidcIssuer)],
            (nameof(Person.PasswordHash), "password"), (nameof(Person.ResetHash), "passwordLink"), (nameof(Person.ProtectedTotpKey), "twoFactorKey")),
        [typeof(Membership)] = Of<Membership>("membership", m => m.ProjectId, m => m.PersonId, _ => null,
            [nameof(Membership.Role), nameof(Membership.AcceptedAt)], (nameof(Membership.InvitationHash), "invitation")),
    };

    /// <summary>What is logged of an entity's type; null: nothing.</summary>
    public static AuditedType? Find(object entity) => All.GetValueOrDefault(entity.GetType());

    /// <summary>What was done to an entity, as the last part of an action.</summary>
    public string Verb(EntityEntry entry) => entry.State switch
    {
        EntityState.Added => "created",
        EntityState.Deleted => "deleted",
        _ => IsDeleted?.Invoke(entry) == true ? "deleted" : "changed",
    };

    /// <summary>How an entity is named among subjects.</summary>
    public string Subject(object entity) => string.Create(CultureInfo.InvariantCulture, $"{Word}:{Id(entity)}");

    private static AuditedType Of<T>(
        string word, Func<T, int?> projectId, Func<T, long> id, Func<T, string?> name, IReadOnlyList<string> shown, params (string Property, string Word)[] secret) => new(
            word, e => projectId((T)e), e => id((T)e), e => name((T)e), shown, secret.ToDictionary(s => s.Property, s => s.Word, StringComparer.Ordinal));
}
