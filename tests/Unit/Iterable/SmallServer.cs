using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Muster.Tests.Unit.Iterable;

/// <summary>A real server on a free port that answers as it is told, for what only a real connection can do.</summary>
internal sealed class SmallServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _calls;

    private SmallServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public int Calls => _calls;

    public static async Task<SmallServer> StartAsync(RequestDelegate answer, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new SmallServer(builder.Build());
        server._app.Run(context =>
        {
            Interlocked.Increment(ref server._calls);
            return answer(context);
        });
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
