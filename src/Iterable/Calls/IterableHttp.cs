using System.Globalization;
using Muster.Iterable.Wire;

namespace Muster.Iterable.Calls;

/// <summary>One try of one call: sends it with the key, within a time limit, and turns everything that can go wrong into a <see cref="CallFault"/>.</summary>
internal sealed class IterableHttp(HttpClient http, Uri baseUrl, string apiKey, TimeProvider clock)
{
    public const string ClientName = "iterable";

    private readonly Uri _root = baseUrl.AbsolutePath.EndsWith('/') ? baseUrl : new Uri(baseUrl.AbsoluteUri + "/");

    /// <summary>Sends a request and reads the answer when it is a success.</summary>
    /// <param name="request">The call.</param>
    /// <param name="read">Reads the answer; the source is the try's time limit, which a long read may put off.</param>
    /// <param name="cancellationToken">Ends the try; this is not a fault.</param>
    /// <param name="leaving">Called when a request with a body has a connection and goes out; more than once when that one was broken.</param>
    /// <exception cref="CallFaultException">Anything else than a success that could be read.</exception>
    public async Task<T> SendAsync<T>(
        CallRequest request, Func<HttpResponseMessage, CancellationTokenSource, Task<T>> read, CancellationToken cancellationToken, Action? leaving = null)
    {
        using var limit = new CancellationTokenSource(request.Timeout, clock);
        // The limit is the one source that is passed on, so that putting it off is seen everywhere.
        using var ended = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        int? status = null;
        try
        {
            using var message = Message(request, leaving);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = (int)response.StatusCode;
            if (!response.IsSuccessStatusCode)
            {
                throw new CallFaultException(await FaultClassification.OfAsync(request, response, clock, limit.Token));
            }

            return await read(response, limit);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw new CallFaultException(Silence(request, status), e);
        }
        catch (UnreadableAnswerException e)
        {
            throw new CallFaultException(Unreadable($"answered {status}, but the answer {e.Message}", status, request), e);
        }
        // A compressed answer that is damaged.
        catch (InvalidDataException e)
        {
            throw new CallFaultException(Unreadable($"answered {status}, but the answer is damaged", status, request), e);
        }
        catch (HttpRequestException e)
        {
            throw new CallFaultException(FaultClassification.Of(e) with { HttpStatus = status, ListId = request.ListId }, e);
        }
        catch (IOException e) when (status is null)
        {
            throw new CallFaultException(new CallFault { Kind = FaultKind.Unavailable, What = "broke the connection", ListId = request.ListId }, e);
        }
        catch (IOException e)
        {
            throw new CallFaultException(Unreadable($"answered {status}, but the answer broke off", status, request), e);
        }
    }

    private HttpRequestMessage Message(CallRequest request, Action? leaving)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_root, request.Path));
        message.Headers.Add("Api-Key", apiKey);
        if (request.Body is { } body)
        {
            message.Content = new JsonBody(body, leaving);
        }

        return message;
    }

    private static CallFault Silence(CallRequest request, int? status) => new()
    {
        Kind = FaultKind.Unavailable,
        What = string.Create(CultureInfo.InvariantCulture, $"did not answer within {request.Timeout.TotalSeconds:0.#} seconds"),
        HttpStatus = status,
        ListId = request.ListId,
    };

    private static CallFault Unreadable(string what, int? status, CallRequest request) =>
        new() { Kind = FaultKind.UnreadableAnswer, What = what, HttpStatus = status, ListId = request.ListId };
}
