using System.Text.Json;

namespace Muster.Host.Settings;

/// <summary>A setting's text and where it came from.</summary>
internal sealed record SettingValue(string Text, string Origin);

/// <summary>
/// Where settings come from, the first that has one deciding: the option, the environment, <c>muster.json</c> in the
/// working folder, the default. An empty value in the environment counts as not set.
/// </summary>
internal sealed class SettingsSource
{
    public const string FileName = "muster.json";

    private const string FileSuffix = "_FILE";

    private readonly Dictionary<Setting, SettingValue> _values = [];
    private readonly List<string> _faults = [];

    public SettingsSource(
        Func<Setting, string?> option, Func<string, string?> environment, string workingFolder,
        IReadOnlyDictionary<Setting, string>? otherDefaults = null)
    {
        var file = ReadFile(Path.Combine(workingFolder, FileName));
        foreach (var setting in SettingsTable.Everything)
        {
            if (option(setting) is { } given)
            {
                _values[setting] = new SettingValue(given, setting.Option);
            }
            else if (FromEnvironment(setting, environment) is { } variable)
            {
                _values[setting] = variable;
            }
            else if (file.TryGetValue(setting.FileKey, out var text))
            {
                _values[setting] = new SettingValue(text, FileName);
            }
            else if ((otherDefaults?.GetValueOrDefault(setting) ?? setting.Default) is { } fallback)
            {
                _values[setting] = new SettingValue(fallback, "default");
            }
        }
    }

    /// <summary>What is wrong with the file itself.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>A setting's text; null when it is set nowhere and has no default.</summary>
    public SettingValue? Find(Setting setting) => _values.GetValueOrDefault(setting);

    /// <summary>What the environment says; a secret may stand in a file that <c>NAME_FILE</c> names, as secrets of containers do.</summary>
    private SettingValue? FromEnvironment(Setting setting, Func<string, string?> environment)
    {
        if (environment(setting.Name) is { Length: > 0 } variable)
        {
            return new SettingValue(variable, "environment");
        }

        if (!setting.Secret || environment(setting.Name + FileSuffix) is not { Length: > 0 } path)
        {
            return null;
        }

        try
        {
            return new SettingValue(File.ReadAllText(path).TrimEnd('\r', '\n'), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Add($"{setting.Name}{FileSuffix}: '{path}' cannot be read: {e.Message}");
            return null;
        }
    }

    private Dictionary<string, string> ReadFile(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return values;
        }

        try
        {
            var options = new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
            };
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                _faults.Add($"{FileName}: must be a JSON object of settings, as {{\"dataDir\": \"./data\"}}.");
                return values;
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                Take(property, values);
            }
        }
        catch (JsonException e)
        {
            _faults.Add($"{FileName}: is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Add($"{FileName}: cannot be read: {e.Message}");
        }

        return values;
    }

    private void Take(JsonProperty property, Dictionary<string, string> values)
    {
        if (SettingsTable.Everything.All(s => s.FileKey != property.Name))
        {
            _faults.Add($"{FileName}: '{property.Name}' is no setting; it takes {string.Join(", ", SettingsTable.Everything.Select(s => s.FileKey))}.");
        }
        else if (property.Value.ValueKind is JsonValueKind.String)
        {
            values[property.Name] = property.Value.GetString()!;
        }
        else if (property.Value.ValueKind is JsonValueKind.Number)
        {
            values[property.Name] = property.Value.GetRawText();
        }
        else if (property.Value.ValueKind is not JsonValueKind.Null)
        {
            _faults.Add($"{FileName}: '{property.Name}' must be a text or a number.");
        }
    }
}
