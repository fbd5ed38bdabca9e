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
        "MUSTER_ADMIN_PASSWORD", "at least 8 characters, together with MUSTER_ADMIN_EMAIL", null, "The first admin's password")
    { Secret = true };

    public static readonly Setting AdminToken = new(
        "MUSTER_ADMIN_TOKEN", "printable characters without spaces; make it long and random", null, "A token of role admin on every project")
    { Secret = true };

    public static readonly Setting IterableUsUrl = new(
        "MUSTER_ITERABLE_US_URL", "an http or https address", "https://api.iterable.com", "Iterable's US API");

    public static readonly Setting IterableEuUrl = new(
        "MUSTER_ITERABLE_EU_URL", "an http or https address", "https://api.eu.iterable.com", "Iterable's EU API");

    public static readonly Setting MixpanelApiUrl = new(
        "MUSTER_MIXPANEL_API_URL", "an http or https address", "https://mixpanel.com", "Mixpanel's query API");

    public static readonly Setting MixpanelIngestUrl = new(
        "MUSTER_MIXPANEL_INGEST_URL", "an http or https address", "https://api.mixpanel.com", "Mixpanel's ingestion API");

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

    public static readonly Setting LogFormat = new(
        "MUSTER_LOG_FORMAT", "'text' or 'json'", "text", "Log lines on standard error: for people, or a JSON object each");

    public static readonly IReadOnlyList<Setting> All =
    [
        Urls, DataDir, Database, Store, AdminEmail, AdminPassword, AdminToken, IterableUsUrl, IterableEuUrl,
        MixpanelApiUrl, MixpanelIngestUrl, IterableRate, SyncInterval, SyncMinInterval, SyncMaxDynamic, SyncMaxMembers, LogFormat,
    ];
}
