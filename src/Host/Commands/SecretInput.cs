using System.CommandLine;
using Muster.Host.Client;
using Spectre.Console;

namespace Muster.Host.Commands;

/// <summary>A secret as it may be given: as an option, in the environment, or typed unseen.</summary>
/// <param name="name">The option's name.</param>
/// <param name="variable">The environment variable.</param>
/// <param name="what">What it is, as the prompt says it.</param>
internal sealed class SecretInput(string name, string variable, string what)
{
    /// <summary>The option; without a value the secret is taken from the environment, or asked for.</summary>
    public Option<string?> Option { get; } = new(name)
    {
        Description = $"{what}; without a value, {variable} or a prompt",
        HelpName = "KEY",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The API key of Iterable.</summary>
    public static SecretInput ApiKey() => new("--api-key", "MUSTER_ITERABLE_API_KEY", "Iterable API key");

    /// <summary>Reads it.</summary>
    /// <exception cref="FailedException">There is none, and nobody to ask.</exception>
    public string Read(ApiCall call)
    {
        if (call.Value(Option) is { Length: > 0 } given)
        {
            return given;
        }

        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set)
        {
            return set;
        }

        if (Console.IsInputRedirected || Console.IsErrorRedirected)
        {
            throw new FailedException($"{what} is needed: {name} KEY, or {variable}.");
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Prompt(new TextPrompt<string>($"{what}:").Secret(null));
    }
}
