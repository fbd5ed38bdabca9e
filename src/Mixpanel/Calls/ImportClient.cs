using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Muster.Mixpanel.Calls;

/// <summary>Sends events to the /import of one project in Mixpanel.</summary>
internal sealed class ImportClient
{
    public const string ClientName = "mixpanel";

    /// <summary>Whose events they are: Mixpanel asks integrations to say so with each call, and with <c>$source</c> on each event.</summary>
    public const string IntegrationId = "iterable";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly AuthenticationHeaderValue _authorization;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;

    /// <summary>Makes one.</summary>
    public ImportClient(HttpClient http, Uri host, MixpanelAccount account, TimeSpan timeout, TimeProvider clock)
    {
        (_http, _timeout, _clock) = (http, timeout, clock);
        var root = host.AbsoluteUri.EndsWith('/') ? host.AbsoluteUri : host.AbsoluteUri + "/";
        _url = new Uri(string.Create(CultureInfo.InvariantCulture, $"{root}import?strict=1&project_id={account.ProjectId}"));
        _authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.ServiceAccount}:{account.Secret}")));
    }

    /// <summary>Sends a call once.</summary>
    /// <param name="body">A JSON array of events, gzip.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="cancellationToken">Ends the call; it may be in nevertheless.</param>
    public async Task<ImportAnswer> SendAsync(ReadOnlyMemory<byte> body, int count, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(body) };
            message.Content.Headers.ContentType = Json;
            message.Content.Headers.ContentEncoding.Add("gzip");
            message.Headers.Authorization = _authorization;
            message.Headers.Add("X-Mixpanel-Integration-ID", IntegrationId);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ImportAnswers.ReadAsync(response, count, _clock, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ImportAnswer.Again(string.Create(CultureInfo.InvariantCulture, $"did not answer within {_timeout.TotalSeconds:0} seconds"), null);
        }
        catch (HttpRequestException e)
        {
            return new ImportAnswer.Again(e.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "could not be found: its host name does not resolve",
                HttpRequestError.ConnectionError => "could not be reached",
                HttpRequestError.SecureConnectionError => "could not be reached: the TLS handshake failed",
                _ => "broke the connection",
            }, null);
        }
        catch (IOException)
        {
            return new ImportAnswer.Again("broke the connection", null);
        }
    }
}

/// <summary>Who imports into which project.</summary>
internal sealed record MixpanelAccount(long ProjectId, string ServiceAccount, string Secret);
