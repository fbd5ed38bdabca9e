using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Iterable.Wire;

/// <summary>The bodies of lists/subscribe and lists/unsubscribe, written straight to UTF-8.</summary>
internal static class SubscribersBody
{
    private static readonly JsonEncodedText ListId = JsonEncodedText.Encode("listId");
    private static readonly JsonEncodedText Subscribers = JsonEncodedText.Encode("subscribers");
    private static readonly JsonEncodedText Email = JsonEncodedText.Encode("email");
    private static readonly JsonEncodedText UserId = JsonEncodedText.Encode("userId");
    private static readonly JsonEncodedText PreferUserId = JsonEncodedText.Encode("preferUserId");
    private static readonly JsonEncodedText ChannelUnsubscribe = JsonEncodedText.Encode("channelUnsubscribe");

    // The body is never put into a page, so the characters that HTML is afraid of ('+' in addresses) stay one byte.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A buffer of its own for every batch: an answer may come before a body is sent to its end, so a buffer given back
    // to a pool on the answer could still be on its way out.
    public static ReadOnlyMemory<byte> Of(ListBatch batch, ProjectType projectType)
    {
        var buffer = new ArrayBufferWriter<byte>(128 + (batch.Subscribers.Count * 72));
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber(ListId, batch.ListId);
            json.WriteStartArray(Subscribers);
            foreach (var subscriber in batch.Subscribers)
            {
                var (email, userId) = Sent(subscriber, batch.Operation, projectType);
                json.WriteStartObject();
                if (email is not null)
                {
                    json.WriteString(Email, email);
                }

                if (userId is not null)
                {
                    json.WriteString(UserId, userId);
                }

                if (MakesUserOfUserId(email, batch.Operation, projectType))
                {
                    json.WriteBoolean(PreferUserId, true);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (batch.Operation == ListOperation.Remove)
            {
                // Sources disagree on the default, and true would unsubscribe people from a whole channel.
                json.WriteBoolean(ChannelUnsubscribe, false);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The identifiers that go out for a subscriber, which are the ones an answer can name.</summary>
    public static (string? Email, string? UserId) Sent(Subscriber subscriber, ListOperation operation, ProjectType projectType) =>
        projectType == ProjectType.UserId ? (null, subscriber.UserId ?? throw Nameless(subscriber))
        : subscriber.Email is null ? (null, subscriber.UserId ?? throw Nameless(subscriber))
        // lists/unsubscribe takes one identifier of a user, never two.
        : operation == ListOperation.Remove ? (subscriber.Email, null)
        : (subscriber.Email, subscriber.UserId);

    // An email-based project refuses a user id it does not know unless it is told to make a user of it. userId-based
    // projects ignore the key; sending it there as well follows what Mixpanel sends. lists/unsubscribe does not know it.
    private static bool MakesUserOfUserId(string? email, ListOperation operation, ProjectType projectType) =>
        operation == ListOperation.Add && email is null && projectType != ProjectType.Hybrid;

    private static ArgumentException Nameless(Subscriber subscriber) =>
        new($"Subscriber {subscriber.Ordinal} has no identifier that this project type takes.");
}
