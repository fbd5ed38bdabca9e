using System.Security.Cryptography;
using System.Text.Json;

namespace Muster.Host.Demo;

/// <summary>How far the demo has come; kept in the data folder, so that the next start goes on.</summary>
internal sealed record DemoState
{
    /// <summary>The address of the demo's own admin, when the settings name none.</summary>
    public const string Email = "demo@muster.example";

    private const string FileName = "demo.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The admin token, when the settings have none.</summary>
    public required string Token { get; init; }

    /// <summary>The password of the demo's own admin.</summary>
    public string Password { get; init; } = NewPassword();

    /// <summary>When the demo was first started: people's sign-up dates count from here.</summary>
    public required DateTimeOffset Anchor { get; init; }

    /// <summary>Whether the people are loaded.</summary>
    public bool PeopleLoaded { get; init; }

    /// <summary>Until when the events are loaded; null: not at all.</summary>
    public DateTimeOffset? EventsUntil { get; init; }

    /// <summary>Reads it, or makes a new one.</summary>
    /// <exception cref="FailedException">The file is damaged.</exception>
    public static DemoState Load(string dataDir, TimeProvider clock)
    {
        var path = Path.Combine(dataDir, FileName);
        if (File.Exists(path))
        {
            try
            {
                var known = JsonSerializer.Deserialize<DemoState>(File.ReadAllBytes(path), Format) ?? throw new JsonException("it is empty");

                // Saved at once: an older version left no password in it.
                known.Save(dataDir);
                return known;
            }
            catch (JsonException e)
            {
                throw new FailedException($"'{path}' is damaged: {e.Message} Delete the folder to start the demo over.", e);
            }
        }

        var state = new DemoState { Token = "demo-" + RandomNumberGenerator.GetHexString(24, lowercase: true), Anchor = clock.GetUtcNow() };
        state.Save(dataDir);
        return state;
    }

    // Not a word that everyone knows: the demo may be reachable by others than whoever runs it.
    private static string NewPassword() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 12);

    /// <summary>Writes it, whole or not at all.</summary>
    public void Save(string dataDir)
    {
        var path = Path.Combine(dataDir, FileName);
        var fresh = path + ".new";
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(this, Format));
        File.Move(fresh, path, overwrite: true);
    }
}
