namespace Muster.Sandbox.Audience;

/// <summary>Why one row of a call failed; each is a pair of arrays in <c>failedUpdates</c>.</summary>
internal enum FailureClass
{
    Conflict,
    Forgotten,
    Invalid,
    InvalidData,
    NotFound,
}

/// <summary>What became of one row: the class and the identifiers to name, or neither when it went well.</summary>
internal readonly record struct RowOutcome(FailureClass? Failure, string? Email, string? UserId)
{
    public static RowOutcome Done => default;

    public static RowOutcome Failed(FailureClass failure, string? email, string? userId) => new(failure, email, userId);
}

/// <summary>The counts and named rows of a subscribe, unsubscribe or bulk update.</summary>
internal sealed class BulkOutcome
{
    private readonly Dictionary<(FailureClass Class, bool IsEmail), List<string>> _named = [];

    public int SuccessCount { get; private set; }

    public int FailCount { get; private set; }

    public SortedSet<string> CreatedFields { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> FilteredOutFields { get; } = new(StringComparer.Ordinal);

    public void Add(RowOutcome row)
    {
        if (row.Failure is not { } failure)
        {
            SuccessCount++;
            return;
        }

        FailCount++;
        Name(failure, isEmail: true, row.Email);
        Name(failure, isEmail: false, row.UserId);
    }

    public IReadOnlyList<string> Emails(FailureClass failure) => _named.GetValueOrDefault((failure, true)) ?? [];

    public IReadOnlyList<string> UserIds(FailureClass failure) => _named.GetValueOrDefault((failure, false)) ?? [];

    private void Name(FailureClass failure, bool isEmail, string? identifier)
    {
        if (identifier is null)
        {
            return;
        }

        if (!_named.TryGetValue((failure, isEmail), out var names))
        {
            _named[(failure, isEmail)] = names = [];
        }

        names.Add(identifier);
    }
}
