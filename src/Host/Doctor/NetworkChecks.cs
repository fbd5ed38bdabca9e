using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Muster.Host.Doctor;

/// <summary>Asks the running server how it is, and whether Iterable answers.</summary>
internal sealed class NetworkChecks(TimeProvider clock) : IDisposable
{
    private const string ServerCheck = "server";
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Where a server of these settings is reached from this machine; null: its port was chosen when it started.</summary>
    public static Uri? AddressOf(IReadOnlyList<string> urls)
    {
        var address = BindingAddress.Parse(urls[0]);
        return address.Port == 0 ? null
            : new UriBuilder(address.Scheme, address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host, address.Port).Uri;
    }

    /// <summary>Asks the server's own checks.</summary>
    public async IAsyncEnumerable<Finding> AskServerAsync(Uri? server, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (server is null)
        {
            yield return Finding.Warning(ServerCheck, "A server runs on this data folder, at a port that it chose.", "Name its address with --url.");
            yield break;
        }

        var (answer, fault) = await GetAsync(new Uri(server, "/health/ready"), cancellationToken);
        using (answer)
        {
            if (answer is null)
            {
                yield return Finding.Failed(ServerCheck, $"A server runs on this data folder but does not answer at {server.GetLeftPart(UriPartial.Authority)} ({fault}).",
                    "Name its address with --url or MUSTER_URL. If that is its address, look at its log and start it again.");
                yield break;
            }

            yield return Finding.Ok(ServerCheck, $"The server answers at {server.GetLeftPart(UriPartial.Authority)}.");
            foreach (var (name, healthy, detail) in await ReadAsync(answer, cancellationToken))
            {
                yield return healthy ? Finding.Ok($"server.{name}", "The server says it works.")
                    : Finding.Failed($"server.{name}", $"The server says it does not work{(detail is null ? "." : $": {detail}")}", "Look at the server's log, and start it again.");
            }
        }
    }

    /// <summary>Asks whether Iterable answers at all; any answer will do. The clock is compared with the time it tells.</summary>
    public async Task<Finding> ReachAsync(string dataCenter, Uri url, CancellationToken cancellationToken)
    {
        var check = $"iterable{dataCenter}";
        var host = url.GetLeftPart(UriPartial.Authority);
        var (answer, fault) = await GetAsync(url, cancellationToken);
        using (answer)
        {
            if (answer is null)
            {
                return Finding.Failed(check, $"Iterable does not answer at {host} ({fault}); syncs over it cannot run.",
                    $"Let this machine reach {host}, or correct MUSTER_ITERABLE_{dataCenter.ToUpperInvariant()}_URL.");
            }

            var skew = answer.Headers.Date is { } told ? clock.GetUtcNow() - told : TimeSpan.Zero;
            return skew.Duration() > MostSkew
                ? Finding.Warning(check, string.Create(CultureInfo.InvariantCulture, $"Iterable answers at {host}, and this machine's clock is {skew.TotalSeconds:N0} s ahead of its."), "Set the clock of this machine by NTP: cohorts over time count by it.")
                : Finding.Ok(check, $"Iterable answers at {host}.");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static async Task<IReadOnlyList<(string Name, bool Healthy, string? Detail)>> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var checks = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken)).GetProperty("checks");
            return [.. checks.EnumerateObject().Select(c => (c.Name, c.Value.GetProperty("status").GetString() == "healthy", c.Value.GetProperty("detail").GetString()))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [("health", false, "what answers there is not Muster")];
        }
    }

    private async Task<(HttpResponseMessage? Answer, string? Fault)> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            return (await _http.GetAsync(url, cancellationToken), null);
        }
        catch (HttpRequestException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "no answer within 10 s");
        }
    }
}
