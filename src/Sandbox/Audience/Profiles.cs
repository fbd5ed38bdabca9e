namespace Muster.Sandbox.Audience;

/// <summary>Changes single users: update, bulk update, a new address, delete, forget and unforget.</summary>
internal sealed class Profiles(AudienceStore store, Identification identification, RowCheck check, ProfileFields fields)
{
    public BulkOutcome UpdateAll(IReadOnlyList<SubscriberRow> rows, bool createNewFields)
    {
        lock (store.Gate)
        {
            var outcome = new BulkOutcome();
            foreach (var row in rows)
            {
                outcome.Add(Write(row, createNewFields, outcome));
            }

            store.Commit();
            return outcome;
        }
    }

    /// <returns>Why it was refused, or null when it was done.</returns>
    public ApiFault? Update(SubscriberRow row, bool createNewFields)
    {
        lock (store.Gate)
        {
            var written = Write(row, createNewFields, new BulkOutcome());
            store.Commit();
            return written.Failure switch
            {
                null => null,
                FailureClass.Invalid when written.Email is not null =>
                    new ApiFault(400, "InvalidEmailAddressError", "Invalid email address"),
                FailureClass.Invalid => new ApiFault(400, "InvalidUserIdError", "Invalid userId"),
                FailureClass.InvalidData =>
                    new ApiFault(400, "RequestFieldsTypesMismatched", "Request fields have other types than the project's"),
                FailureClass.Forgotten => ApiFault.Forgotten,
                FailureClass.Conflict =>
                    new ApiFault(409, "ExternalKeyConflict", "The email and the userId belong to two users"),
                _ when written.UserId is not null => new ApiFault(400, "UnknownUserIdError", "No user with this userId"),
                _ => new ApiFault(400, "UnknownEmailError", "No user with this email"),
            };
        }
    }

    /// <returns>Why it was refused, or null when it was done.</returns>
    public ApiFault? ChangeEmail(string? currentEmail, string? currentUserId, string newEmail)
    {
        var wanted = Identifiers.Normal(newEmail);
        if (!Identifiers.IsEmail(wanted))
        {
            return new ApiFault(400, "InvalidEmailAddressError", "Invalid email address");
        }

        lock (store.Gate)
        {
            if (store.ForgottenEmails.Contains(wanted))
            {
                return ApiFault.Forgotten;
            }

            var found = currentEmail is not null
                ? store.ByEmail.TryFind(Identifiers.Normal(currentEmail), out var user)
                : store.ByUserId.TryFind(currentUserId, out user);
            if (!found)
            {
                return currentEmail is not null
                    ? new ApiFault(400, "UnknownEmailError", "No user with this email")
                    : new ApiFault(400, "UnknownUserIdError", "No user with this userId");
            }

            if (store.Options.ProjectType != SandboxProjectType.UserId && store.ByEmail.TryFind(wanted, out _))
            {
                return new ApiFault(400, "EmailAlreadyExists", "The new email belongs to a user already");
            }

            store.ChangeEmail(user!, wanted);
            store.Save(user!);
            store.Commit();
            return null;
        }
    }

    /// <summary>Deletes every user with the identifier; that there is none is no error, as at Iterable.</summary>
    public void Delete(bool isEmail, string identifier)
    {
        lock (store.Gate)
        {
            DeleteAll(isEmail, identifier);
            store.Commit();
        }
    }

    /// <returns>Why it was refused, or null when it was done.</returns>
    public ApiFault? Forget(string? email, string? userId)
    {
        if (KeyOf(email, userId, out var isEmail) is not { } identifier)
        {
            return WrongKey;
        }

        lock (store.Gate)
        {
            if (!(isEmail ? store.ByEmail : store.ByUserId).TryFind(identifier, out var user))
            {
                return ApiFault.NoUser;
            }

            // The whole person is forgotten: in a hybrid project neither identifier may come back.
            var (other, otherIsEmail) = isEmail ? (user.UserId, false) : (user.Email, true);
            DeleteAll(isEmail, identifier);
            store.Forget(isEmail, identifier);
            if (other is not null && store.Options.ProjectType == SandboxProjectType.Hybrid)
            {
                store.Forget(otherIsEmail, other);
            }

            store.Commit();
            return null;
        }
    }

    /// <returns>Why it was refused, or null when it was done.</returns>
    public ApiFault? Unforget(string? email, string? userId)
    {
        if (KeyOf(email, userId, out var isEmail) is not { } identifier)
        {
            return WrongKey;
        }

        lock (store.Gate)
        {
            var was = store.Unforget(isEmail, identifier);
            store.Commit();
            return was ? null : ApiFault.NoUser;
        }
    }

    private static ApiFault WrongKey { get; } =
        ApiFault.BadParams("Users of this project are forgotten by its own identifier, email or userId");

    private RowOutcome Write(SubscriberRow sent, bool createNewFields, BulkOutcome outcome)
    {
        if (check.Pass(sent, writes: true, out var refusal) is not { } row)
        {
            return refusal;
        }

        if (!fields.Fit(row.DataFields))
        {
            return RowOutcome.Failed(FailureClass.InvalidData, row.Email, row.UserId);
        }

        var identified = identification.ForWrite(row, existingOnly: false, out var user);
        if (identified.Failure is null)
        {
            fields.Set(user!, row.DataFields, row.MergeNestedObjects, createNewFields, outcome);
        }

        return identified;
    }

    private void DeleteAll(bool isEmail, string identifier)
    {
        foreach (var user in (isEmail ? store.ByEmail : store.ByUserId).All(identifier))
        {
            store.DeleteUser(user);
        }
    }

    private string? KeyOf(string? email, string? userId, out bool isEmail)
    {
        var type = store.Options.ProjectType;
        isEmail = email is not null && type != SandboxProjectType.UserId;
        return isEmail ? Identifiers.Normal(email) : type == SandboxProjectType.Email ? null : userId;
    }
}
