namespace Muster.Ingestion;

/// <summary>Limits of the Mixpanel surface. Where the documentation contradicts itself, the more generous number.</summary>
internal static class Limits
{
    /// <summary>Uncompressed bytes of a request.</summary>
    public const int BodyBytes = 10 * 1024 * 1024;

    /// <summary>Bytes of a form: every byte of its records may be three when it is percent-encoded.</summary>
    public const int FormBytes = 3 * BodyBytes;

    /// <summary>Records of a request.</summary>
    public const int Records = 2000;

    /// <summary>Bytes of one record.</summary>
    public const int RecordBytes = 1024 * 1024;

    /// <summary>Properties of an event, keys of an object within, elements of a list within.</summary>
    public const int Members = 255;

    /// <summary>Objects within objects: <c>{"a":{"b":{"c":1}}}</c> as a property's value is 3.</summary>
    public const int ObjectDepth = 3;

    /// <summary>Lists and objects within each other.</summary>
    public const int Depth = 32;

    /// <summary>Characters kept of a text, a property's name, an event's name or a distinct id.</summary>
    public const int TextCharacters = 255;

    /// <summary>Bytes kept of a list or object on an event.</summary>
    public const int EventContainerBytes = 8 * 1024;

    /// <summary>Bytes kept of a list or object on a profile.</summary>
    public const int ProfileContainerBytes = 256 * 1024;

    /// <summary>Characters of an <c>$insert_id</c>.</summary>
    public const int InsertIdCharacters = 36;
}
