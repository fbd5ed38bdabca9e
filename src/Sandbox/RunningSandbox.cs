using Microsoft.AspNetCore.Builder;
using Muster.Sandbox.Journal;
using Muster.Sandbox.Webhooks;

namespace Muster.Sandbox;

/// <summary>A sandbox that is serving. Dispose it to stop it; its data file, if it has one, is complete at any moment.</summary>
public sealed class RunningSandbox : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CampaignPlayer _player;
    private readonly JournalFile? _journal;

    internal RunningSandbox(WebApplication app, CampaignPlayer player, JournalFile? journal)
    {
        _app = app;
        _player = player;
        _journal = journal;
    }

    /// <summary>Where it listens, with the real port: the base address for clients, and the page for people.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Serves until the token is cancelled, then stops.</summary>
    /// <param name="cancellationToken">Cancelled when it is time to stop, for instance by Ctrl-C.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource();
        await using (cancellationToken.Register(stop.SetResult))
        {
            await stop.Task;
        }

        await DisposeAsync();
    }

    /// <summary>Stops serving; calls under way may end first, for a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        await _player.DisposeAsync();
        _journal?.Dispose();
    }
}
