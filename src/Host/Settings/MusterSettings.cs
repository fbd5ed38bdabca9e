using System.Net;
using Muster.Control;
using Muster.Control.People.Oidc;
using Muster.Control.Tokens;
using Muster.Host.Serving;
using Muster.Iterable;
using Muster.Mixpanel;
using Muster.Notifications;
using Muster.Syncs;
using Muster.Warehouse;

namespace Muster.Host.Settings;

/// <summary>The settings as they were found good.</summary>
internal sealed record MusterSettings
{
    /// <summary>Addresses to listen on.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>The data folder, as a full path.</summary>
    public required string DataDir { get; init; }

    /// <summary>A token of role admin on every project; null: none.</summary>
    public required string? AdminToken { get; init; }

    /// <summary>The first admin's address; null: a one-time code makes the first admin.</summary>
    public string? AdminEmail { get; init; }

    /// <summary>The first admin's password.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>What the key ring is encrypted with; null: it is not.</summary>
    public string? MasterKey { get; init; }

    /// <summary>Where Iterable is and how hard it may be called.</summary>
    public required IterableOptions Iterable { get; init; }

    /// <summary>Where Mixpanel is.</summary>
    public required MixpanelOptions Mixpanel { get; init; }

    /// <summary>Limits and defaults of syncs.</summary>
    public required SyncOptions Syncs { get; init; }

    /// <summary>The mail server of notifications.</summary>
    public required MailOptions Mail { get; init; }

    /// <summary>The identity provider; null: none.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary>How long entries of the audit log are kept.</summary>
    public required TimeSpan AuditRetention { get; init; }

    /// <summary>How long events are kept; null: for good.</summary>
    public TimeSpan? EventRetention { get; init; }

    /// <summary>Proxies that are believed.</summary>
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>How often may be called.</summary>
    public required RateLimitOptions Limits { get; init; }

    /// <summary>Whether log lines are JSON objects.</summary>
    public required bool LogsAreJson { get; init; }

    /// <summary>Where control data is kept.</summary>
    public ControlOptions Control => new()
    {
        DataDir = DataDir,
        AdminToken = AdminToken,
        AdminEmail = AdminEmail,
        AdminPassword = AdminPassword,
        MasterKey = MasterKey,
        Oidc = Oidc,
        AuditRetention = AuditRetention,
    };

    /// <summary>Where events, people and ledgers are kept.</summary>
    public WarehouseOptions Warehouse => new() { DataDir = DataDir, EventRetention = EventRetention };

    /// <summary>Reads every setting; the faults of all of them are found in one go.</summary>
    /// <exception cref="FailedException">Something is wrong; a line for each fault.</exception>
    public static MusterSettings Read(SettingsSource source)
    {
        var read = new SettingsReader(source);
        var settings = new MusterSettings
        {
            Urls = read.Value<IReadOnlyList<string>>(SettingsTable.Urls, Accepted.Addresses) ?? [],
            DataDir = read.Value<string>(SettingsTable.DataDir, Accepted.Folder) ?? "",
            AdminToken = read.Value<string>(SettingsTable.AdminToken, Accepted.Token),
            AdminEmail = read.Value<string>(SettingsTable.AdminEmail, Accepted.Email),
            AdminPassword = read.Value<string>(SettingsTable.AdminPassword, Accepted.Password),
            MasterKey = read.Value<string>(SettingsTable.MasterKey, Accepted.MasterKey),
            Iterable = new IterableOptions
            {
                UsUrl = read.Value<Uri>(SettingsTable.IterableUsUrl, Accepted.WebAddress)!,
                EuUrl = read.Value<Uri>(SettingsTable.IterableEuUrl, Accepted.WebAddress)!,
                Rate = read.Value<double>(SettingsTable.IterableRate, Accepted.Rate),
            },
            Mixpanel = new MixpanelOptions { IngestUrl = read.Value<Uri>(SettingsTable.MixpanelIngestUrl, Accepted.WebAddress) },
            Syncs = new SyncOptions
            {
                Interval = read.Value<TimeSpan>(SettingsTable.SyncInterval, Accepted.Span),
                MinInterval = read.Value<TimeSpan>(SettingsTable.SyncMinInterval, Accepted.Span),
                MaxDynamic = (int)read.Value(SettingsTable.SyncMaxDynamic, Accepted.WholeNumber(0, 1_000_000)),
                MaxMembers = read.Value(SettingsTable.SyncMaxMembers, Accepted.WholeNumber(1, 1_000_000_000_000)),
                DriftInterval = read.Value<TimeSpan>(SettingsTable.SyncDriftInterval, Accepted.Span),
                SettlingTime = read.Value<TimeSpan>(SettingsTable.SyncSettlingTime, Accepted.Span),
                ReceiptRetention = TimeSpan.FromDays(read.Value(SettingsTable.ReceiptDays, Accepted.WholeNumber(1, 3650))),
            },
            Mail = new MailOptions
            {
                Host = read.Value<string>(SettingsTable.SmtpHost, Accepted.Host),
                Port = (int)read.Value(SettingsTable.SmtpPort, Accepted.WholeNumber(1, 65535)),
                Security = read.Value<MailSecurity>(SettingsTable.SmtpSecurity, Accepted.Name),
                User = read.Value<string>(SettingsTable.SmtpUser, Accepted.Text),
                Password = read.Value<string>(SettingsTable.SmtpPassword, Accepted.Text),
                From = read.Value<string>(SettingsTable.SmtpFrom, Accepted.Email) ?? "",
            },
            Oidc = ReadOidc(read),
            AuditRetention = TimeSpan.FromDays(read.Value(SettingsTable.AuditDays, Accepted.WholeNumber(1, 36500))),
            EventRetention = read.Value(SettingsTable.EventDays, Accepted.WholeNumber(1, 36500)) is > 0 and var days ? TimeSpan.FromDays(days) : null,
            TrustedProxies = read.Value<IReadOnlyList<IPNetwork>>(SettingsTable.TrustedProxies, Accepted.Networks) ?? [],
            Limits = new RateLimitOptions(
                Limit(SettingsTable.LimitSignIn), Limit(SettingsTable.LimitApi), Limit(SettingsTable.LimitIngestion), Limit(SettingsTable.LimitWebhooks)),
            LogsAreJson = read.Value(SettingsTable.LogFormat, Accepted.OneOf("text", "json")) == "json",
        };

        // What this version checks and does not use yet: a start with it wrong would only fail later.
        read.Value(SettingsTable.Database, Accepted.Only("sqlite"));
        read.Value(SettingsTable.Store, Accepted.Only("duckdb"));
        read.Value<Uri>(SettingsTable.MixpanelApiUrl, Accepted.WebAddress);
        if (!read.HasFaults)
        {
            read.Require(settings.Syncs.Interval >= settings.Syncs.MinInterval, SettingsTable.SyncInterval);
            read.Require(settings.Mail.User is null || settings.Mail.Password is not null, SettingsTable.SmtpUser);
            read.Require(settings.Mail.Password is null || settings.Mail.User is not null, SettingsTable.SmtpPassword);
            read.Require(settings.AdminEmail is null || settings.AdminPassword is not null, SettingsTable.AdminEmail);
            read.Require(settings.AdminPassword is null || settings.AdminEmail is not null, SettingsTable.AdminPassword);
        }

        read.ThrowIfFaulty();
        return settings;

        int Limit(Setting setting) => (int)read.Value(setting, Accepted.WholeNumber(0, 1_000_000));
    }

    private static OidcOptions? ReadOidc(SettingsReader read)
    {
        var authority = read.Value<Uri>(SettingsTable.OidcAuthority, Accepted.Provider);
        var clientId = read.Value<string>(SettingsTable.OidcClientId, Accepted.Text);
        var clientSecret = read.Value<string>(SettingsTable.OidcClientSecret, Accepted.Text);
        var name = read.Value<string>(SettingsTable.OidcName, Accepted.Text);
        var role = read.Value(SettingsTable.OidcDefaultRole, Accepted.OneOf("consumer", "analyst", "admin"));
        if (read.HasFaults || (authority is null && clientId is null && clientSecret is null && role is null))
        {
            return null;
        }

        read.Require(authority is not null, SettingsTable.OidcAuthority);
        read.Require(clientId is not null, SettingsTable.OidcClientId);
        read.Require(clientSecret is not null, SettingsTable.OidcClientSecret);
        return read.HasFaults ? null : new OidcOptions
        {
            Authority = authority!,
            ClientId = clientId!,
            ClientSecret = clientSecret!,
            Name = name!,
            DefaultRole = role is null ? null : Enum.Parse<Role>(role, ignoreCase: true),
        };
    }
}
