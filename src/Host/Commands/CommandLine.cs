using System.CommandLine;
using System.CommandLine.Help;

namespace Muster.Host.Commands;

/// <summary>Runs the verb that was given. Exit status: 0 done, 1 failed, 2 wrong usage.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(RootCommand muster, string[] args)
    {
        // Ctrl-C and SIGTERM cancel the verb, which may take its time to end well. Failures are said in a line, not with a stack.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = Patience, EnableDefaultExceptionHandler = false };
        var parsed = muster.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync($"See '{Path(parsed.CommandResult.Command)} --help'.");
            return WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (FailedException e)
        {
            foreach (var line in e.Lines)
            {
                await Console.Error.WriteLineAsync(line.ReplaceLineEndings(" "));
            }

            return Failed;
        }
        catch (OperationCanceledException)
        {
            // Interrupted before it was done; whoever did that knows.
            return Failed;
        }
    }

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "muster";
}
