using System.CommandLine;
using System.Text.Json;
using Muster.Host.Doctor;

namespace Muster.Host.Commands;

/// <summary><c>muster doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var settings = new SettingsOptions();
        var url = new Option<string?>("--url") { HelpName = "URL", Description = "The running server's address (MUSTER_URL, or as MUSTER_URLS says)" };
        var days = new Option<int>("--backup-days") { HelpName = "N", Description = "How many days old the last backup may be", DefaultValueFactory = _ => 7 };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("doctor", "Look at settings, data folder, stores, keys, server, Iterable and the last backup, and say what to mend") { url, days, json };
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = new List<Finding>();
            try
            {
                var examination = new Examination(settings.Read(parsed), Address(parsed.GetValue(url)), parsed.GetValue(days), TimeProvider.System);
                await foreach (var finding in examination.FindAsync(cancellationToken))
                {
                    findings.Add(finding);
                }
            }
            catch (FailedException e)
            {
                findings.AddRange(e.Lines.Select(line => Finding.Failed("settings", line, "Correct the setting; docs/reference/settings.md has all of them.")));
            }

            var isWell = findings.TrueForAll(f => f.Status != FindingStatus.Failed);
            await WriteAsync(findings, isWell, parsed.GetValue(json));
            return isWell ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static async Task WriteAsync(List<Finding> findings, bool isWell, bool json)
    {
        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { ok = isWell, checks = findings }, JsonSerializerOptions.Web));
            return;
        }

        var width = findings.Max(f => f.Check.Length);
        foreach (var finding in findings)
        {
            var word = finding.Status switch { FindingStatus.Ok => "ok     ", FindingStatus.Warning => "warning", _ => "FAILED " };
            await Console.Out.WriteLineAsync($"{word}  {finding.Check.PadRight(width)}  {finding.Detail}");
            if (finding.Fix is not null)
            {
                await Console.Out.WriteLineAsync($"{new string(' ', width + 11)}{finding.Fix}");
            }
        }
    }

    private static Uri? Address(string? given)
    {
        var text = given ?? (Environment.GetEnvironmentVariable("MUSTER_URL") is { Length: > 0 } variable ? variable : null);
        return text is null ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? url
            : throw new FailedException($"MUSTER_URL: '{text}' is not accepted; it takes an http or https address, as http://127.0.0.1:8787.");
    }
}
