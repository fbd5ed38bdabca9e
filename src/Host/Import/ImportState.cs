using System.Text.Json;

namespace Muster.Host.Import;

/// <summary>How far an import has come: a small file beside the one imported, written after each acknowledgement.</summary>
internal sealed record ImportState
{
    /// <summary>What is imported: <c>events</c> or <c>profiles</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The project it goes into.</summary>
    public required int ProjectId { get; init; }

    /// <summary>The file: its length and a hash of its beginning.</summary>
    public required string File { get; init; }

    /// <summary>Records of the file that are dealt with: the first so many.</summary>
    public long Records { get; init; }

    /// <summary>Those of them that are in.</summary>
    public long Imported { get; init; }

    /// <summary>Those of them that were refused.</summary>
    public long Refused { get; init; }

    /// <summary>Bytes of the list of refused records that belong to them.</summary>
    public long RefusedBytes { get; init; }

    /// <summary>Whether the end of the file was reached.</summary>
    public bool Finished { get; init; }

    /// <summary>Reads it; null when there is none.</summary>
    /// <exception cref="FailedException">The file is not one of these.</exception>
    public static ImportState? Read(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ImportState>(System.IO.File.ReadAllBytes(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"'{path}', which says how far the import has come, cannot be read: {e.Message} Begin anew with --again, or name another file with --state.", e);
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="FailedException">It cannot be written.</exception>
    public void Write(string path)
    {
        var draft = path + ".new";
        try
        {
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, this, JsonSerializerOptions.Web);
                file.Flush(flushToDisk: true);
            }

            System.IO.File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"'{path}', which says how far the import has come, cannot be written: {e.Message} Name a place for it with --state.", e);
        }
    }
}
