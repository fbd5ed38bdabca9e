using System.Globalization;
using Muster.Iterable.Wire;

namespace Muster.Iterable.Calls;

/// <summary>Tells from an answer, or from the lack of one, what class of trouble it is.</summary>
internal static class FaultClassification
{
    private const string UnknownList = "error.lists.invalidListId";

    /// <summary>The trouble with an answer that is not a success.</summary>
    public static async Task<CallFault> OfAsync(
        CallRequest request, HttpResponseMessage response, TimeProvider clock, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var (code, message) = await ReadErrorAsync(response, cancellationToken);
        var kind = KindOf(request, status, code, message);
        return new CallFault
        {
            Kind = kind,
            What = kind == FaultKind.UnreadableAnswer
                ? string.Create(CultureInfo.InvariantCulture, $"answered {status}, a redirect, which is not followed with an API key")
                : string.Create(CultureInfo.InvariantCulture, $"answered {status}{Quoted(code)}"),
            HttpStatus = status,
            RetryAfter = RetryAfter.Read(response.Headers, clock),
            ListId = request.ListId,
        };
    }

    /// <summary>The trouble when there was no answer.</summary>
    public static CallFault Of(HttpRequestException e) => new()
    {
        Kind = FaultKind.Unavailable,
        What = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "could not be found: its host name does not resolve",
            HttpRequestError.ConnectionError => "could not be reached",
            HttpRequestError.SecureConnectionError => "could not be reached: the TLS handshake failed",
            HttpRequestError.ProxyTunnelError => "could not be reached: the proxy refused",
            _ => "broke the connection",
        },
    };

    private static FaultKind KindOf(CallRequest request, int status, string? code, string? message) => status switch
    {
        429 => FaultKind.RateLimited,
        408 or 425 or >= 500 => FaultKind.Unavailable,
        < 400 => FaultKind.UnreadableAnswer,
        // By the message: the code beside it may be anything, "Success" even.
        400 when request.ListId is not null && message?.Contains(UnknownList, StringComparison.Ordinal) == true => FaultKind.ListGone,
        404 when request.ListId is not null => FaultKind.ListGone,
        409 when request.Method == HttpMethod.Delete => FaultKind.ListInUse,
        413 => FaultKind.TooLarge,
        _ when code == "BatchTooLarge" => FaultKind.TooLarge,
        _ when code == "RateLimitExceeded" => FaultKind.RateLimited,
        401 => FaultKind.Unauthorized,
        403 => FaultKind.Forbidden,
        404 => FaultKind.NotFound,
        _ => FaultKind.BadRequest,
    };

    // The status alone says enough when the body that goes with it cannot be read.
    private static async Task<(string? Code, string? Message)> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await AnswerBody.ReadErrorAsync(response, cancellationToken);
        }
        catch (Exception e) when (e is UnreadableAnswerException or HttpRequestException or IOException or InvalidDataException)
        {
            return (null, null);
        }
    }

    // Iterable's codes are single words; anything else is not one and might hold what must not be shown.
    private static string Quoted(string? code) =>
        code is { Length: > 0 and <= 40 } && code.All(char.IsAsciiLetter) ? $" {code}" : "";
}
