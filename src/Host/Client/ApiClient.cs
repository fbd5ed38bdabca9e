using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Host.Client;

/// <summary>The REST interface of a running Muster, as the verbs use it.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int PageSize = 1000;

    private readonly Uri _url;
    private readonly HttpClient _http;

    /// <summary>Makes a client; nothing is called yet.</summary>
    /// <param name="url">The server's address, <c>MUSTER_URL</c>.</param>
    /// <param name="token">The token sent, <c>MUSTER_TOKEN</c>; null: none.</param>
    public ApiClient(Uri url, string? token)
    {
        _url = url;

        // A first count over millions of events may take its time; Ctrl-C ends the wait.
        _http = new HttpClient { BaseAddress = new Uri(url, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }
    }

    /// <summary>Where the server is.</summary>
    public string Address => _url.GetLeftPart(UriPartial.Authority);

    /// <summary>Calls and reads the JSON answered; undefined when the answer is empty.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    /// <param name="body">Sent as JSON; null: nothing is sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FailedException">The server is not there, or refuses.</exception>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), MediaTypeHeaderValue.Parse("application/json"));
        return await CallAsync(method, path, content, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync(HttpMethod, string, JsonNode?, CancellationToken)"/>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, content, cancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return bytes.Length == 0 ? default : JsonElement.Parse(bytes);
    }

    /// <summary>Reads one thing.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, path, default(HttpContent), cancellationToken);

    /// <summary>Reads all items of a list, page by page.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var query = $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={PageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";
            var page = await GetAsync(path + query, cancellationToken);
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                yield return item;
            }

            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
    }

    /// <summary>Copies an answer of any size as it comes: CSV.</summary>
    public async Task CopyAsync(string path, Stream target, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await answer.Content.CopyToAsync(target, cancellationToken);
    }

    /// <summary>Reads an answer of any size as it comes.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FailedException">The server is not there (then of a <see cref="HttpRequestException"/>), or refuses.</exception>
    public async Task<T> ReadAsync<T>(HttpMethod method, string path, Func<Stream, Task<T>> read, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, null, cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return await read(stream);
    }

    /// <summary>Posts outside of <c>/api/v1/</c> and gives the answer, refusals included.</summary>
    /// <param name="path">From the server's root, as <c>/import</c>.</param>
    /// <param name="content">The body.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">The server is not there, or went away.</exception>
    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content, CancellationToken cancellationToken) =>
        _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new FailedException(
                $"No Muster answers at {Address} ({e.Message}). Start one with 'muster serve' or 'muster demo', or set MUSTER_URL.", e);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw new FailedException(await ApiRefusal.ReadAsync(answer, cancellationToken));
        }
    }
}
