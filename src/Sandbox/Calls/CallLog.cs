namespace Muster.Sandbox.Calls;

/// <summary>One API call as the sandbox saw it.</summary>
internal sealed class SandboxCall
{
    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query, without any key.</summary>
    public required string Path { get; init; }

    /// <summary>0 until answered, and for good when the connection was broken before.</summary>
    public int Status { get; set; }

    public double Milliseconds { get; set; }

    public long? ListId { get; set; }

    public int? Subscribers { get; set; }

    public int? SuccessCount { get; set; }

    public int? FailCount { get; set; }

    /// <summary>The planted fault it met.</summary>
    public string? Fault { get; set; }

    /// <summary>The request body, when bodies are kept.</summary>
    public string? Body { get; set; }
}

/// <summary>How often one endpoint was called.</summary>
/// <param name="Path">Method and path with the ids left out.</param>
/// <param name="Calls">Calls of any outcome.</param>
/// <param name="Subscribers">Subscribers they carried.</param>
internal sealed record CallTotal(string Path, long Calls, long Subscribers);

/// <summary>The latest calls, and totals since the start.</summary>
internal sealed class CallLog(TimeProvider timeProvider)
{
    private const int Kept = 20_000;

    private readonly Lock _gate = new();
    private readonly Queue<SandboxCall> _calls = [];
    private readonly SortedDictionary<string, CallTotal> _totals = new(StringComparer.Ordinal);
    private long _lastNumber;
    private int _inFlight;

    /// <summary>The most calls that were under way at one time.</summary>
    public int MostInFlight { get; private set; }

    public SandboxCall Begin(string method, string pathAndQuery)
    {
        lock (_gate)
        {
            var call = new SandboxCall { Number = ++_lastNumber, At = timeProvider.GetUtcNow(), Method = method, Path = pathAndQuery };
            _calls.Enqueue(call);
            if (_calls.Count > Kept)
            {
                _calls.Dequeue();
            }

            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
            return call;
        }
    }

    public void End(SandboxCall call, string endpoint, long startedAt)
    {
        lock (_gate)
        {
            _inFlight--;
            call.Milliseconds = Math.Round(timeProvider.GetElapsedTime(startedAt).TotalMilliseconds, 2);
            var total = _totals.GetValueOrDefault(endpoint) ?? new CallTotal(endpoint, 0, 0);
            _totals[endpoint] = total with { Calls = total.Calls + 1, Subscribers = total.Subscribers + (call.Subscribers ?? 0) };
        }
    }

    /// <summary>Calls with a number above <paramref name="after"/>, oldest first.</summary>
    public IReadOnlyList<SandboxCall> Since(long after)
    {
        lock (_gate)
        {
            return [.. _calls.Where(call => call.Number > after)];
        }
    }

    public IReadOnlyList<SandboxCall> Latest(int count)
    {
        lock (_gate)
        {
            return [.. _calls.Reverse().Take(count)];
        }
    }

    public IReadOnlyList<CallTotal> Totals()
    {
        lock (_gate)
        {
            return [.. _totals.Values];
        }
    }

    /// <summary>Forgets the calls so far; numbers go on, so that <see cref="Since"/> stays right.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _calls.Clear();
            _totals.Clear();
            MostInFlight = _inFlight;
        }
    }
}
