namespace Muster.Host.Settings;

/// <summary>Every setting there is, in the order in which help and documentation show them.</summary>
internal static class SettingsTable
{
    public static readonly Setting Urls = new(
        "MUSTER_URLS", "http addresses separated by ';', as http://127.0.0.1:8787", "http://127.0.0.1:8787",
        "Addresses to listen on; port 0 takes a free one");

    public static readonly Setting DataDir = new(
        "MUSTER_DATA_DIR", "a folder that can be written", "./data", "The data folder");

    public static readonly Setting Database = new(
        "MUSTER_DATABASE", "'sqlite', or leave it unset: PostgreSQL is not supported yet by this version", "sqlite",
        "Control data: SQLite in the data folder")
    { Secret = true };

    public static readonly Setting Store = new(
        "MUSTER_STORE", "'duckdb', or leave it unset: ClickHouse is not supported yet by this version", "duckdb",
        "Events, people and ledgers: DuckDB in the data folder")
    { Secret = true };

    public static readonly Setting AdminEmail = new(
        "MUSTER_ADMIN_EMAIL", "an email address, together with MUSTER_ADMIN_PASSWORD", null, "The first admin's address");

    public static readonly Setting AdminPassword = new(
        "MUSTER_ADMIN_PASSWORD", "8 to 200 characters, together with MUSTER_ADMIN_EMAIL", null, "The first admin's password")
    { Secret = true };

    public static readonly Setting AdminToken = new(
        "MUSTER_ADMIN_TOKEN", "printable characters without spaces; make it long and random", null, "A token of role admin on every project")
    { Secret = true };

    public static readonly Setting MasterKey = new(
        "MUSTER_MASTER_KEY", "32 to 1000 printable characters without spaces, drawn at random, as by 'openssl rand -base64 32'", null,
        "Encrypts the keys that stored secrets are encrypted with")
    { Secret = true };

    /// <summary>Of <c>muster secrets rotate</c> alone.</summary>
    public static readonly Setting OldMasterKey = new(
        "MUSTER_OLD_MASTER_KEY", "what MUSTER_MASTER_KEY was at the last start", null, "What MUSTER_MASTER_KEY was, when it changes or goes")
    { Secret = true };

    public static readonly Setting IterableUsUrl = new(
        "MUSTER_ITERABLE_US_URL", "an http or https address", "https://api.iterable.com", "Iterable's US API");

    public static readonly Setting IterableEuUrl = new(
        "MUSTER_ITERABLE_EU_URL", "an http or https address", "https://api.eu.iterable.com", "Iterable's EU API");

    public static readonly Setting MixpanelApiUrl = new(
        "MUSTER_MIXPANEL_API_URL", "an http or https address", "https://mixpanel.com", "Mixpanel's query API");

    public static readonly Setting MixpanelIngestUrl = new(
        "MUSTER_MIXPANEL_INGEST_URL", "an http or https address", null,
        "Mixpanel's ingestion API, which events are forwarded to; Mixpanel's own hosts (api, api-eu and api-in.mixpanel.com) when left out");

    public static readonly Setting IterableRate = new(
        "MUSTER_ITERABLE_RATE", "a number of calls a second, as 5 or 2.5; 0 is no limit", "5",
        "Subscribe and unsubscribe calls a second per connection");

    public static readonly Setting SyncInterval = new(
        "MUSTER_SYNC_INTERVAL", "a time span as 00:15:00, at most 30 days and not shorter than MUSTER_SYNC_MIN_INTERVAL", "00:15:00",
        "From the start of one scheduled run to the next");

    public static readonly Setting SyncMinInterval = new(
        "MUSTER_SYNC_MIN_INTERVAL", "a time span as 00:01:00, at most 30 days", "00:01:00", "The shortest interval a sync may ask for");

    public static readonly Setting SyncMaxDynamic = new(
        "MUSTER_SYNC_MAX_DYNAMIC", "a whole number from 0 to 1000000", "60", "Dynamic syncs a project may have");

    public static readonly Setting SyncMaxMembers = new(
        "MUSTER_SYNC_MAX_MEMBERS", "a whole number from 1 to 1000000000000", "10000000", "Members an export may have");

    public static readonly Setting SyncDriftInterval = new(
        "MUSTER_SYNC_DRIFT_INTERVAL", "a time span as 1.00:00:00, at most 30 days", "1.00:00:00",
        "How often the size of a dynamic sync's list is compared with what Muster knows to be on it");

    public static readonly Setting SyncSettlingTime = new(
        "MUSTER_SYNC_SETTLING_TIME", "a time span as 00:10:00, at most 30 days", "00:10:00",
        "How long after a change Iterable may still tell an earlier size of a list");

    public static readonly Setting ReceiptDays = new(
        "MUSTER_RECEIPT_DAYS", "a whole number from 1 to 3650", "30", "Days that receipts are kept");

    public static readonly Setting EventDays = new(
        "MUSTER_EVENT_DAYS", "a whole number from 1 to 36500, or leave it unset", null, "Days that events are kept, by their own time; for good when unset");

    public static readonly Setting SmtpHost = new(
        "MUSTER_SMTP_HOST", "a host name or address", null, "The mail server that notifications are sent over; without one they go to webhooks only");

    public static readonly Setting SmtpPort = new("MUSTER_SMTP_PORT", "a whole number from 1 to 65535", "587", "Its port");

    public static readonly Setting SmtpSecurity = new(
        "MUSTER_SMTP_SECURITY", "'starttls', 'tls' or 'none'", "starttls", "How the connection to it is encrypted");

    public static readonly Setting SmtpUser = new("MUSTER_SMTP_USER", "a user name, together with MUSTER_SMTP_PASSWORD", null, "Who signs in there");

    public static readonly Setting SmtpPassword = new("MUSTER_SMTP_PASSWORD", "a password, together with MUSTER_SMTP_USER", null, "With which password")
    { Secret = true };

    public static readonly Setting SmtpFrom = new(
        "MUSTER_SMTP_FROM", "an email address", "muster@localhost", "The sender's address of notifications");

    public static readonly Setting OidcAuthority = new(
        "MUSTER_OIDC_AUTHORITY", "an https address (http on this machine only), together with MUSTER_OIDC_CLIENT_ID and MUSTER_OIDC_CLIENT_SECRET", null,
        "The identity provider (OpenID Connect) that people may sign in with: its issuer");

    public static readonly Setting OidcClientId = new(
        "MUSTER_OIDC_CLIENT_ID", "a text, together with MUSTER_OIDC_AUTHORITY and MUSTER_OIDC_CLIENT_SECRET", null, "What it knows Muster as");

    public static readonly Setting OidcClientSecret = new(
        "MUSTER_OIDC_CLIENT_SECRET", "a text, together with MUSTER_OIDC_AUTHORITY and MUSTER_OIDC_CLIENT_ID", null, "The secret of that client")
    { Secret = true };

    public static readonly Setting OidcName = new("MUSTER_OIDC_NAME", "a text", "single sign-on", "What people call it: 'Sign in with …'");

    public static readonly Setting OidcDefaultRole = new(
        "MUSTER_OIDC_DEFAULT_ROLE", "'consumer', 'analyst' or 'admin'", null,
        "What someone becomes, in every project there is then, who signs in there and has no account; unset: they must be invited");

    public static readonly Setting AuditDays = new(
        "MUSTER_AUDIT_DAYS", "a whole number from 1 to 36500", "365", "Days that entries of the audit log are kept");

    public static readonly Setting TrustedProxies = new(
        "MUSTER_TRUSTED_PROXIES", "addresses and networks separated by ';', as 10.0.0.5;10.1.0.0/16", null,
        "Proxies in front whose X-Forwarded-For, -Proto and -Host are believed; nobody's when unset");

    public static readonly Setting LimitSignIn = new(
        "MUSTER_LIMIT_SIGN_IN", "a whole number from 0 (no limit) to 1000000", "60", "Sign-ins a minute from one address");

    public static readonly Setting LimitApi = new(
        "MUSTER_LIMIT_API", "a whole number from 0 (no limit) to 1000000", "1000", "REST calls a second by one token or person");

    public static readonly Setting LimitIngestion = new(
        "MUSTER_LIMIT_INGESTION", "a whole number from 0 (no limit) to 1000000", "0", "Ingestion and query calls a second from one address");

    public static readonly Setting LimitWebhooks = new(
        "MUSTER_LIMIT_WEBHOOKS", "a whole number from 0 (no limit) to 1000000", "0", "Webhook calls a second to one connection");

    public static readonly Setting LogFormat = new(
        "MUSTER_LOG_FORMAT", "'text' or 'json'", "text", "Log lines on standard error: for people, or a JSON object each");

    /// <summary>What <c>muster serve</c> takes.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        Urls, DataDir, Database, Store, AdminEmail, AdminPassword, AdminToken, MasterKey, IterableUsUrl, IterableEuUrl,
        MixpanelApiUrl, MixpanelIngestUrl, IterableRate, SyncInterval, SyncMinInterval, SyncMaxDynamic, SyncMaxMembers,
        SyncDriftInterval, SyncSettlingTime, ReceiptDays, EventDays, SmtpHost, SmtpPort, SmtpSecurity, SmtpUser, SmtpPassword, SmtpFrom,
        OidcAuthority, OidcClientId, OidcClientSecret, OidcName, OidcDefaultRole,
        AuditDays, TrustedProxies, LimitSignIn, LimitApi, LimitIngestion, LimitWebhooks, LogFormat,
    ];
    /// <summary>Those, and what one verb alone takes.</summary>
    public static readonly IReadOnlyList<Setting> Everything = [.. All, OldMasterKey];
}
