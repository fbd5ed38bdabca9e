namespace Muster.Sandbox.Faults;

/// <summary>What a planted fault does to a call.</summary>
internal enum FaultKind
{
    /// <summary>Answers <see cref="PlantedFault.Status"/> in Iterable's error shape.</summary>
    Status,

    /// <summary>Answers 200 with a page of HTML.</summary>
    Html,

    /// <summary>Promises a body and breaks the connection in the middle of it.</summary>
    Cut,

    /// <summary>Breaks the connection without an answer.</summary>
    Reset,

    /// <summary>Only waits <see cref="PlantedFault.DelayMs"/>, then goes on as always.</summary>
    Delay,
}

/// <summary>A fault for calls to come.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Times">How many calls it meets.</param>
/// <param name="Skip">How many matching calls it lets pass first.</param>
/// <param name="Path">Start of the paths it is for; every API path by default.</param>
/// <param name="AfterChange">The call's change is made, and only its answer is lost or wrong.</param>
/// <param name="Status">The status to answer.</param>
/// <param name="RetryAfter">Seconds for <c>Retry-After</c>; no such header when left out.</param>
/// <param name="DelayMs">Milliseconds to wait before anything else.</param>
internal sealed record PlantedFault(
    FaultKind Kind,
    int Times = 1,
    int Skip = 0,
    string Path = "/api",
    bool AfterChange = false,
    int Status = 500,
    int? RetryAfter = null,
    int DelayMs = 0)
{
    public string? Flaw() => this switch
    {
        { Times: < 1 } => "times: at least 1",
        { Skip: < 0 } => "skip: 0 or more",
        { Status: < 400 or > 599 } => "status: 400 to 599",
        { DelayMs: < 0 or > 600_000 } => "delayMs: 0 to 600000",
        { RetryAfter: < 0 } => "retryAfter: 0 or more",
        { Kind: FaultKind.Delay, DelayMs: 0 } => "delayMs: a delay needs its length",
        _ when !Path.StartsWith("/api", StringComparison.Ordinal) => "path: starts with /api",
        _ => null,
    };
}

/// <summary>The planted faults that are not used up yet, oldest first; a call meets at most one.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<PlantedFault> _faults = [];

    public void Plant(PlantedFault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    public PlantedFault? Take(string path)
    {
        lock (_gate)
        {
            var at = _faults.FindIndex(fault => path.StartsWith(fault.Path, StringComparison.Ordinal));
            if (at < 0)
            {
                return null;
            }

            var fault = _faults[at];
            if (fault.Skip > 0)
            {
                _faults[at] = fault with { Skip = fault.Skip - 1 };
                return null;
            }

            if (fault.Times > 1)
            {
                _faults[at] = fault with { Times = fault.Times - 1 };
            }
            else
            {
                _faults.RemoveAt(at);
            }

            return fault;
        }
    }

    public IReadOnlyList<PlantedFault> Pending()
    {
        lock (_gate)
        {
            return [.. _faults];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }
}
