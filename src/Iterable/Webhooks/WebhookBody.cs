using System.Text.Json;
using System.Text.Unicode;
using Muster.Control.Api;
using Muster.Warehouse.Messages;

namespace Muster.Iterable.Webhooks;

/// <summary>The events of one webhook call, and what in it is no event.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Faults">What is none, by its JSON Pointer.</param>
internal sealed record WebhookBody(IReadOnlyList<NewMessage> Events, IReadOnlyList<Fault> Faults)
{
    /// <summary>Reads a body: one event, or an array of them. A lone half of a surrogate pair in it is replaced.</summary>
    /// <param name="bytes">The body; it is changed where it has to be repaired.</param>
    /// <param name="connection">The connection it came over.</param>
    /// <param name="receivedAt">When it arrived.</param>
    public static WebhookBody Read(Memory<byte> bytes, WebhookGate.Known connection, DateTime receivedAt)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            return Unreadable("The body is not valid UTF-8.");
        }

        SurrogateEscapes.Repair(bytes.Span);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes);
        }
        catch (JsonException e)
        {
            return Unreadable($"The body is not valid JSON: {e.Message}");
        }

        using (document)
        {
            var events = new List<NewMessage>();
            var faults = new List<Fault>();
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                var index = 0;
                foreach (var element in document.RootElement.EnumerateArray())
                {
                    WebhookEvent.Read(element, FormattableString.Invariant($"/{index++}"), connection, receivedAt, events, faults);
                }
            }
            else
            {
                WebhookEvent.Read(document.RootElement, "", connection, receivedAt, events, faults);
            }

            return new WebhookBody(events, faults);
        }
    }

    private static WebhookBody Unreadable(string message) => new([], [new Fault("", message)]);
}
