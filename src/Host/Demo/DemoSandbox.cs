using Muster.Sandbox;

namespace Muster.Host.Demo;

/// <summary>The Iterable sandbox beside the demo; its lists are kept in the data folder.</summary>
internal static class DemoSandbox
{
    private const int FirstPort = 8788;
    private const int Ports = 20;

    /// <summary>Starts it on the first free port from 8788 on.</summary>
    /// <exception cref="FailedException">No port is free, or its file is damaged.</exception>
    public static async Task<RunningSandbox> StartAsync(string dataDir, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = new SandboxOptions { DataFile = Path.Combine(dataDir, "sandbox.journal") };
        IOException? taken = null;
        foreach (var port in Enumerable.Range(FirstPort, Ports))
        {
            try
            {
                return await IterableSandbox.StartAsync(
                    options with { Urls = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}") }, clock, cancellationToken);
            }
            catch (IOException e)
            {
                taken = e;
            }
            catch (InvalidDataException e)
            {
                throw new FailedException($"The sandbox cannot start: {e.Message}", e);
            }
        }

        throw new FailedException($"The sandbox found no free port from {FirstPort} on: {taken!.Message}", taken);
    }
}
