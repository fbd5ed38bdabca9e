namespace Muster.Host.Settings;

/// <summary>Reads settings one by one and collects a line for each that is wrong.</summary>
internal sealed class SettingsReader(SettingsSource source)
{
    private readonly List<string> _faults = [.. source.Faults];

    /// <summary>Whether anything was wrong so far.</summary>
    public bool HasFaults => _faults.Count > 0;

    /// <summary>The value of a setting; nothing when it is not set, or wrong.</summary>
    public T? Value<T>(Setting setting, Reading<T> reading)
    {
        if (source.Find(setting) is not { } found)
        {
            return default;
        }

        if (reading(found.Text, out var value))
        {
            return value;
        }

        _faults.Add(Fault(setting, found));
        return default;
    }

    /// <summary>Notes a fault that shows only beside another setting.</summary>
    public void Require(bool good, Setting setting)
    {
        if (!good)
        {
            _faults.Add(source.Find(setting) is { } found ? Fault(setting, found) : $"{setting.Name}: takes {setting.Accepts}.");
        }
    }

    /// <summary>Ends the start when anything was wrong.</summary>
    public void ThrowIfFaulty()
    {
        if (HasFaults)
        {
            throw new FailedException(_faults);
        }
    }

    private static string Fault(Setting setting, SettingValue found) => setting.Secret
        ? $"{setting.Name}: the value ({found.Origin}) is not accepted; it takes {setting.Accepts}."
        : $"{setting.Name}: '{found.Text}' ({found.Origin}) is not accepted; it takes {setting.Accepts}.";
}
