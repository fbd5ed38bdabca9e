using System.CommandLine;
using System.Text.Json.Nodes;
using Muster.Host.Client;

namespace Muster.Host.Commands;

/// <summary>A cohort's definition as it may be given: as text, in a file, or on standard input.</summary>
internal sealed class DefinitionInput
{
    /// <summary><c>--definition</c></summary>
    public Option<string?> Text { get; } = Inputs.Text("--definition", "The definition as JSON");

    /// <summary><c>--file</c></summary>
    public Option<string?> File { get; } = Inputs.Text("--file", "A file with the definition; '-' is standard input");

    /// <summary>Reads it; null when none was given.</summary>
    public async Task<JsonNode?> FindAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (call.Value(Text) is { } text)
        {
            return Inputs.Json(text, "definition");
        }

        return call.Value(File) is { } file ? await ReadAsync(file, cancellationToken) : null;
    }

    /// <summary>Reads it, from standard input when nothing else was given.</summary>
    /// <exception cref="FailedException">There is none.</exception>
    public async Task<JsonNode> ReadAsync(ApiCall call, CancellationToken cancellationToken) =>
        await FindAsync(call, cancellationToken)
        ?? (Console.IsInputRedirected
            ? await ReadAsync("-", cancellationToken)
            : throw new FailedException("A definition is needed: --definition JSON, --file PATH, or on standard input."));

    private static async Task<JsonNode> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Inputs.Open(path));
        return Inputs.Json(await reader.ReadToEndAsync(cancellationToken), "definition");
    }
}
