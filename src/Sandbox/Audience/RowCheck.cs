using Muster.Sandbox.Faults;

namespace Muster.Sandbox.Audience;

/// <summary>Refuses a row before any user is looked for: malformed, forgotten, or planted to fail.</summary>
internal sealed class RowCheck(AudienceStore store, PlantedSubscribers planted)
{
    /// <summary>The row with its address in lower case, or null with the reason it fails for.</summary>
    /// <param name="row">As it was sent.</param>
    /// <param name="writes">It would change a user: conflicts and invalid data can only arise then.</param>
    /// <param name="outcome">Why it failed, when it did.</param>
    public SubscriberRow? Pass(SubscriberRow row, bool writes, out RowOutcome outcome)
    {
        var email = Identifiers.Normal(row.Email);
        outcome = Refusal(email, row.UserId, writes);
        if (outcome.Failure is not null)
        {
            return null;
        }

        return ReferenceEquals(email, row.Email) ? row : row with { Email = email };
    }

    private RowOutcome Refusal(string? email, string? userId, bool writes)
    {
        if (email is null && userId is null)
        {
            // Nothing to name: the field the project goes by counts as empty, hence malformed.
            return store.Options.ProjectType == SandboxProjectType.UserId
                ? RowOutcome.Failed(FailureClass.Invalid, null, string.Empty)
                : RowOutcome.Failed(FailureClass.Invalid, string.Empty, null);
        }

        var badEmail = email is not null && !Identifiers.IsEmail(email);
        var badUserId = userId is not null && !Identifiers.IsUserId(userId);
        if (badEmail || badUserId)
        {
            return RowOutcome.Failed(FailureClass.Invalid, badEmail ? email : null, badUserId ? userId : null);
        }

        var goneEmail = email is not null && store.ForgottenEmails.Contains(email);
        var goneUserId = userId is not null && store.ForgottenUserIds.Contains(userId);
        if (goneEmail || goneUserId)
        {
            return RowOutcome.Failed(FailureClass.Forgotten, goneEmail ? email : null, goneUserId ? userId : null);
        }

        return planted.Outcome(email, userId, writes);
    }
}
