using Muster.Warehouse.Messages;

namespace Muster.Warehouse.Events;

/// <summary>The sources of events that have a number, as in the column <c>known_source</c>.</summary>
public static class KnownSource
{
    /// <summary>The event has no source.</summary>
    public const int None = 0;

    /// <summary><see cref="NewMessage.Source"/>.</summary>
    public const int Iterable = 1;

    /// <summary>The number of a source; null: it has none.</summary>
    public static int? Of(string? source) => source switch
    {
        null => None,
        NewMessage.Source => Iterable,
        _ => null,
    };
}
