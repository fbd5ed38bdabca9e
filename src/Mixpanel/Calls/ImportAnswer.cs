namespace Muster.Mixpanel.Calls;

/// <summary>What came of a call to /import, by what may be done next.</summary>
internal abstract record ImportAnswer
{
    private ImportAnswer()
    {
    }

    /// <summary>What it is called in figures.</summary>
    public abstract string Word { get; }

    /// <summary>It is dealt with: all events are in but those named.</summary>
    /// <param name="Refused">Those refused, by their index in the call. They must not be sent again as they are.</param>
    internal sealed record Taken(IReadOnlyList<RefusedRecord> Refused) : ImportAnswer
    {
        public override string Word => Refused.Count == 0 ? "ok" : "refused";
    }

    /// <summary>Nothing of it is in, and why is said of the whole only.</summary>
    /// <param name="Reason">Why.</param>
    internal sealed record RefusedWhole(string Reason) : ImportAnswer
    {
        public override string Word => "refused";
    }

    /// <summary>It is too large; nothing of it is in.</summary>
    internal sealed record TooLarge : ImportAnswer
    {
        public override string Word => "too_large";
    }

    /// <summary>It may or may not be in; sending it again does no harm.</summary>
    /// <param name="What">What happened, as the end of a sentence about Mixpanel.</param>
    /// <param name="RetryAfter">How long Mixpanel asked to wait; null: it did not.</param>
    internal sealed record Again(string What, TimeSpan? RetryAfter) : ImportAnswer
    {
        public override string Word => "transient";
    }

    /// <summary>A person must mend something first.</summary>
    /// <param name="What">What happened, as the end of a sentence about Mixpanel.</param>
    /// <param name="ToDo">What to do.</param>
    internal sealed record Stopped(string What, string ToDo) : ImportAnswer
    {
        public override string Word => "stopped";
    }
}

/// <summary>A record that was refused.</summary>
/// <param name="Index">Its index in the call, from 0.</param>
/// <param name="Field">What of it is wrong, if that is said.</param>
/// <param name="Message">Why.</param>
internal sealed record RefusedRecord(int Index, string? Field, string Message);
