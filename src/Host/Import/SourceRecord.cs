namespace Muster.Host.Import;

/// <summary>A record of a file, or what stands where one should be.</summary>
/// <param name="Line">The line it is on, from 1.</param>
/// <param name="Index">Which of several records on that line it is, from 0.</param>
/// <param name="Bytes">It, as UTF-8: JSON, unless there is a fault.</param>
/// <param name="Fault">Why it cannot be sent; null: it can.</param>
internal readonly record struct SourceRecord(long Line, int Index, ReadOnlyMemory<byte> Bytes, string? Fault = null);
