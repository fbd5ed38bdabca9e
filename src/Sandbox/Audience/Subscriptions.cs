namespace Muster.Sandbox.Audience;

/// <summary>Puts users on lists and takes them off, row by row; the call as a whole succeeds whatever its rows do.</summary>
internal sealed class Subscriptions(AudienceStore store, Identification identification, RowCheck check, ProfileFields fields)
{
    /// <summary>Adds the rows' users to the list, making users where the project's type allows.</summary>
    /// <returns>Counts and failures, or null when the list is unknown.</returns>
    public BulkOutcome? Subscribe(long listId, IReadOnlyList<SubscriberRow> rows, bool updateExistingUsersOnly)
    {
        lock (store.Gate)
        {
            if (!store.TryList(listId, out var list))
            {
                return null;
            }

            var outcome = new BulkOutcome();
            var now = store.Now.ToUnixTimeMilliseconds();
            foreach (var row in rows)
            {
                outcome.Add(Add(list, row, updateExistingUsersOnly, now, outcome));
            }

            store.Commit();
            return outcome;
        }
    }

    /// <summary>Takes the rows' users off the list; who is not on it is not found.</summary>
    /// <returns>Counts and failures, or null when the list is unknown.</returns>
    public BulkOutcome? Unsubscribe(long listId, IReadOnlyList<SubscriberRow> rows, bool channelUnsubscribe)
    {
        lock (store.Gate)
        {
            if (!store.TryList(listId, out var list))
            {
                return null;
            }

            var outcome = new BulkOutcome();
            foreach (var row in rows)
            {
                outcome.Add(Remove(list, row, channelUnsubscribe));
            }

            store.Commit();
            return outcome;
        }
    }

    private RowOutcome Add(UserList list, SubscriberRow sent, bool existingOnly, long now, BulkOutcome outcome)
    {
        if (check.Pass(sent, writes: true, out var refusal) is not { } row)
        {
            return refusal;
        }

        if (!fields.Fit(row.DataFields))
        {
            return RowOutcome.Failed(FailureClass.InvalidData, row.Email, row.UserId);
        }

        var identified = identification.ForWrite(row, existingOnly, out var user);
        if (identified.Failure is null)
        {
            fields.Set(user!, row.DataFields, row.MergeNestedObjects, createNew: true, outcome);
            store.Join(list, user!, now);
        }

        return identified;
    }

    private RowOutcome Remove(UserList list, SubscriberRow sent, bool channelUnsubscribe)
    {
        if (check.Pass(sent, writes: false, out var refusal) is not { } row)
        {
            return refusal;
        }

        if (identification.ForRead(row.Email, row.UserId) is not { } user)
        {
            return RowOutcome.Failed(FailureClass.NotFound, row.Email, row.UserId);
        }

        if (channelUnsubscribe && !user.ChannelUnsubscribed)
        {
            user.ChannelUnsubscribed = true;
            store.Save(user);
        }

        return store.Leave(list, user)
            ? RowOutcome.Done
            : RowOutcome.Failed(FailureClass.NotFound, row.Email, row.UserId);
    }
}
