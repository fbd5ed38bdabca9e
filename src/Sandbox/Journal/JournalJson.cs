using System.Text.Json.Serialization;

namespace Muster.Sandbox.Journal;

[JsonSerializable(typeof(string[]))]
internal sealed partial class JournalJson : JsonSerializerContext;
