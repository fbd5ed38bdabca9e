using System.Collections.Concurrent;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Faults;

/// <summary>Identifiers that someone planted to fail, each with its class.</summary>
internal sealed class PlantedSubscribers
{
    private readonly ConcurrentDictionary<string, FailureClass> _emails = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FailureClass> _userIds = new(StringComparer.Ordinal);

    public void Plant(FailureClass failure, IEnumerable<string> emails, IEnumerable<string> userIds)
    {
        foreach (var email in emails)
        {
            _emails[Identifiers.Normal(email)] = failure;
        }

        foreach (var userId in userIds)
        {
            _userIds[userId] = failure;
        }
    }

    /// <summary>Takes everything planted away again.</summary>
    public void Clear()
    {
        _emails.Clear();
        _userIds.Clear();
    }

    public RowOutcome Outcome(string? email, string? userId, bool writes)
    {
        if (email is not null && _emails.TryGetValue(email, out var failure) && Applies(failure, writes))
        {
            return RowOutcome.Failed(failure, email, null);
        }

        return userId is not null && _userIds.TryGetValue(userId, out failure) && Applies(failure, writes)
            ? RowOutcome.Failed(failure, null, userId)
            : RowOutcome.Done;
    }

    // Taking somebody off a list writes no profile, so neither of these can be its answer.
    private static bool Applies(FailureClass failure, bool writes) =>
        writes || failure is not (FailureClass.Conflict or FailureClass.InvalidData);
}
