using Muster.Sandbox;

namespace Muster.Tests.EndToEnd.Secrets;

/// <summary>The real program beside an Iterable sandbox that takes a recognisable key.</summary>
internal sealed class SecretsWorld : IAsyncDisposable
{
    public const string ApiKey = "planted-iterable-api-key";

    private readonly RunningSandbox _sandbox;

    private SecretsWorld(RunningSandbox sandbox, MusterProcess muster) => (_sandbox, Muster) = (sandbox, muster);

    public MusterProcess Muster { get; }

    public static async Task<SecretsWorld> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var sandbox = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = [ApiKey] });
        var muster = await MusterProcess.StartAsync(new Dictionary<string, string>(settings) { ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString() });
        return new SecretsWorld(sandbox, muster);
    }

    public async ValueTask DisposeAsync()
    {
        await Muster.DisposeAsync();
        await _sandbox.DisposeAsync();
    }
}
