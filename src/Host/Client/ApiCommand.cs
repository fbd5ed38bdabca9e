using System.CommandLine;
using Muster.Host.Commands;

namespace Muster.Host.Client;

/// <summary>A verb that calls the REST interface of a running Muster.</summary>
internal sealed class ApiCommand : Command
{
    private const string DefaultUrl = "http://127.0.0.1:8787";

    private readonly Option<string?> _url = new("--url") { HelpName = "URL", Description = $"The server's address (MUSTER_URL, default {DefaultUrl})" };
    private readonly Option<string?> _token = new("--token") { HelpName = "TOKEN", Description = "The token to use (MUSTER_TOKEN)" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the API's JSON" };

    /// <summary>Makes the verb.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="action">Does it; gives the exit status.</param>
    /// <param name="symbols">Its own arguments and options.</param>
    public ApiCommand(string name, string description, Func<ApiCall, CancellationToken, Task<int>> action, params ReadOnlySpan<Symbol> symbols)
        : base(name, description)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                Arguments.Add(argument);
            }
            else
            {
                Options.Add((Option)symbol);
            }
        }

        Options.Add(_url);
        Options.Add(_token);
        Options.Add(_json);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new ApiClient(Url(parsed), Given(parsed, _token, "MUSTER_TOKEN"));
            return await action(new ApiCall(parsed, api, parsed.GetValue(_json)), cancellationToken);
        });
    }

    /// <summary>Makes a verb that is done when its action returns.</summary>
    public ApiCommand(string name, string description, Func<ApiCall, CancellationToken, Task> action, params ReadOnlySpan<Symbol> symbols)
        : this(name, description, Done(action), symbols)
    {
    }

    private static Func<ApiCall, CancellationToken, Task<int>> Done(Func<ApiCall, CancellationToken, Task> action) =>
        async (call, cancellationToken) =>
        {
            await action(call, cancellationToken);
            return CommandLine.Done;
        };

    private Uri Url(ParseResult parsed)
    {
        var text = Given(parsed, _url, "MUSTER_URL") ?? DefaultUrl;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new FailedException($"MUSTER_URL: '{text}' is not accepted; it takes an http or https address, as {DefaultUrl}.");
    }

    private static string? Given(ParseResult parsed, Option<string?> option, string variable) =>
        parsed.GetValue(option) ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null);
}
