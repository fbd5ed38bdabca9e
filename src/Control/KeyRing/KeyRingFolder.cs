using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Muster.Control.KeyRing;

/// <summary>The key ring does not fit the settings; the message says why, and what to do.</summary>
public sealed class KeyRingException(string message) : Exception(message);

/// <summary>
/// Looks at the keys in the data folder before anything uses them: Data Protection itself would leave aside a key that it
/// cannot read, and go on with a new one.
/// </summary>
internal sealed class KeyRingFolder(ControlOptions options, IOptions<KeyManagementOptions> ring, MasterKeys masterKeys)
{
    // As the framework writes it around what an encryptor gave.
    private const string EncryptedSecret = "encryptedSecret";

    /// <summary>Where the keys are.</summary>
    public static string PathIn(string dataDir) => Path.Combine(dataDir, "keys");

    /// <summary>Makes sure that each key is as the settings say: encrypted with the master key, or not at all.</summary>
    /// <exception cref="KeyRingException">It is not.</exception>
    public void EnsureFits()
    {
        var states = States();
        if (masterKeys.Current is null && states.Exists(s => s != KeyState.Plain))
        {
            throw new KeyRingException(
                $"MUSTER_MASTER_KEY is not set, and the keys in '{PathIn(options.DataDir)}' are encrypted with it. Nothing was changed. "
                + "Set it to what it was; to go on without one, run 'muster secrets rotate' with MUSTER_OLD_MASTER_KEY set to it.");
        }

        if (states.Contains(KeyState.Closed))
        {
            throw new KeyRingException(
                $"MUSTER_MASTER_KEY is not the one that the keys in '{PathIn(options.DataDir)}' are encrypted with. Nothing was changed. "
                + "Set it to what it was; to change it, run 'muster secrets rotate' with MUSTER_OLD_MASTER_KEY set to what it was.");
        }

        if (masterKeys.Current is not null && states.Contains(KeyState.Plain))
        {
            throw new KeyRingException(
                $"MUSTER_MASTER_KEY is set, and there are keys in '{PathIn(options.DataDir)}' that are not encrypted with it. Nothing was changed. "
                + "Run 'muster secrets rotate' once with the same settings, then start again.");
        }
    }

    /// <summary>Makes sure that each key can be read, encrypted with the new master key, the former one, or not at all.</summary>
    /// <exception cref="KeyRingException">One cannot.</exception>
    public void EnsureOpens()
    {
        if (States() is var states && states.Contains(KeyState.Closed))
        {
            throw new KeyRingException(
                $"{states.Count(s => s == KeyState.Closed)} of {states.Count} keys in '{PathIn(options.DataDir)}' are encrypted with a master key that is neither "
                + "MUSTER_MASTER_KEY nor MUSTER_OLD_MASTER_KEY. Nothing was changed. Set MUSTER_OLD_MASTER_KEY to what MUSTER_MASTER_KEY was at the last start.");
        }
    }

    /// <summary>Deletes every key but one.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="KeyRingException">One could not be deleted.</exception>
    public int DestroyAllBut(Guid kept)
    {
        try
        {
            var files = Directory.GetFiles(PathIn(options.DataDir), "*.xml").Where(f => XElement.Load(f).Attribute("id")?.Value != kept.ToString()).ToList();
            files.ForEach(File.Delete);
            return files.Count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyRingException(
                $"Every secret is encrypted with a new key, but former keys in '{PathIn(options.DataDir)}' could not be deleted: {e.Message} "
                + "See who may write there, then run this again.");
        }
    }

    private List<KeyState> States() =>
        [.. ring.Value.XmlRepository!.GetAllElements().Where(e => e.Name.LocalName == "key").Select(StateOf)];

    private KeyState StateOf(XElement key)
    {
        var secrets = key.Descendants().Where(e => e.Name.LocalName == EncryptedSecret).ToList();
        return secrets.Count == 0 ? KeyState.Plain
            : secrets.TrueForAll(s => s.Elements().FirstOrDefault() is { } inner && masterKeys.Open(inner) is not null) ? KeyState.Open
            : KeyState.Closed;
    }

    private enum KeyState
    {
        /// <summary>Not encrypted.</summary>
        Plain,

        /// <summary>Encrypted with a master key at hand.</summary>
        Open,

        /// <summary>Encrypted with something else.</summary>
        Closed,
    }
}
