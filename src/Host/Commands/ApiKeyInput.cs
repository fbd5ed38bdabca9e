using System.CommandLine;
using Muster.Host.Client;
using Spectre.Console;

namespace Muster.Host.Commands;

/// <summary>An Iterable API key as it may be given: as an option, in the environment, or typed unseen.</summary>
internal sealed class ApiKeyInput
{
    private const string Variable = "MUSTER_ITERABLE_API_KEY";

    /// <summary><c>--api-key</c>; without a value the key is taken from the environment, or asked for.</summary>
    public Option<string?> Option { get; } = new("--api-key")
    {
        Description = $"The API key; without KEY, {Variable} or a prompt",
        HelpName = "KEY",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Reads the key.</summary>
    /// <exception cref="FailedException">There is none, and nobody to ask.</exception>
    public string Read(ApiCall call)
    {
        if (call.Value(Option) is { Length: > 0 } given)
        {
            return given;
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable)
        {
            return variable;
        }

        if (Console.IsInputRedirected || Console.IsErrorRedirected)
        {
            throw new FailedException($"An API key is needed: --api-key KEY, or {Variable}.");
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Prompt(new TextPrompt<string>("Iterable API key:").Secret(null));
    }
}
