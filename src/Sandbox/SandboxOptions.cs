namespace Muster.Sandbox;

/// <summary>How the sandbox's Iterable project tells its users apart; fixed for its life, as at Iterable.</summary>
public enum SandboxProjectType
{
    /// <summary>The email address is the key; a <c>userId</c> is only a field and may be overwritten.</summary>
    Email,

    /// <summary>Email address and <c>userId</c> are both unique; either finds the user.</summary>
    Hybrid,

    /// <summary>The <c>userId</c> is the key; several users may share an address.</summary>
    UserId,
}

/// <summary>The data center the sandbox stands in for. A key of the other one is unknown here.</summary>
public enum SandboxDataCenter
{
    /// <summary>Stands in for <c>https://api.iterable.com</c>.</summary>
    Us,

    /// <summary>Stands in for <c>https://api.eu.iterable.com</c>, which has no email-based projects.</summary>
    Eu,
}

/// <summary>What the Iterable sandbox is like. One sandbox is one Iterable project; start several for several.</summary>
public sealed record SandboxOptions
{
    /// <summary>Addresses to listen on, separated by <c>;</c>. Port 0 takes a free one: see <see cref="RunningSandbox.Address"/>.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8788";

    /// <summary>The API keys that open the project. Each has its own rate for subscribe and unsubscribe.</summary>
    public IReadOnlyList<string> Keys { get; init; } = ["sandbox-key"];

    /// <summary>How users are told apart. Default <see cref="SandboxProjectType.Email"/>.</summary>
    public SandboxProjectType ProjectType { get; init; } = SandboxProjectType.Email;

    /// <summary>Which data center the sandbox stands in for. Default <see cref="SandboxDataCenter.Us"/>.</summary>
    public SandboxDataCenter DataCenter { get; init; } = SandboxDataCenter.Us;

    /// <summary>
    /// Calls a second to subscribe and unsubscribe together, per key. Default 5; 0 takes this and the
    /// other per-second limits off.
    /// </summary>
    public double Rate { get; init; } = 5;

    /// <summary>Calls a minute to each of getUsers, previewUsers and size, per project. Default 5, as documented; 0 is no limit.</summary>
    public int ReadsPerMinute { get; init; } = 5;

    /// <summary>Subscribers a subscribe or unsubscribe call may carry. Default 1,000.</summary>
    public int BatchLimit { get; init; } = 1_000;

    /// <summary>Milliseconds every API call takes at least. Default 0.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Milliseconds for which a list just made is still unknown to every other call. Default 0.</summary>
    public int NewListDelayMs { get; init; }

    /// <summary>Milliseconds by which a list's size lags behind its last change. Default 0.</summary>
    public int SizeLagMs { get; init; }

    /// <summary>Keep the request bodies in the log of calls, for tests that compare them. Default off.</summary>
    public bool KeepBodies { get; init; }

    /// <summary>File that keeps lists and users over a restart, even after a kill; null keeps them in memory only.</summary>
    public string? DataFile { get; init; }

    /// <summary>Every fault of these options, each naming its setting; empty when they are good.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        foreach (var url in Addresses())
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            {
                faults.Add($"Urls: '{url}' is not an http address such as http://127.0.0.1:8788");
            }
        }

        if (Addresses().Length == 0)
        {
            faults.Add("Urls: at least one address is needed");
        }

        if (Keys.Count == 0 || Keys.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add("Keys: at least one key is needed and none may be blank");
        }

        if (ProjectType == SandboxProjectType.Email && DataCenter == SandboxDataCenter.Eu)
        {
            faults.Add("ProjectType: Iterable's EU data center has no email-based projects; use hybrid or userId");
        }

        if (!double.IsFinite(Rate) || Rate < 0)
        {
            faults.Add("Rate: calls a second, 0 for no limit");
        }

        AddIf(ReadsPerMinute < 0, "ReadsPerMinute: calls a minute, 0 for no limit");
        AddIf(BatchLimit < 1, "BatchLimit: at least 1 subscriber a call");
        AddIf(LatencyMs is < 0 or > 600_000, "LatencyMs: 0 to 600000 milliseconds");
        AddIf(NewListDelayMs is < 0 or > 600_000, "NewListDelayMs: 0 to 600000 milliseconds");
        AddIf(SizeLagMs is < 0 or > 3_600_000, "SizeLagMs: 0 to 3600000 milliseconds");
        AddIf(DataFile is { Length: 0 }, "DataFile: a path, or leave it out");
        return faults;

        void AddIf(bool wrong, string fault)
        {
            if (wrong)
            {
                faults.Add(fault);
            }
        }
    }

    internal string[] Addresses() =>
        Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
