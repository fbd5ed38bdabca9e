using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Track;

/// <summary><c>/track</c>: events from untrusted clients, which name their project by its token.</summary>
internal static class TrackEndpoint
{
    public static async Task HandleAsync(HttpContext context, BodyReader bodies, IngestionService ingestion)
    {
        var aborted = context.RequestAborted;
        var (body, refusal) = await bodies.ReadAsync(context.Request, aborted);
        using (body)
        {
            var fields = new RequestFields(context.Request, body);
            var result = body is null
                ? new IngestionResult { Refusal = refusal }
                : await ingestion.TrackAsync(body, Anonymous(context, fields), aborted);
            await PlainAnswer.WriteAsync(context.Response, result, fields, aborted);
        }
    }

    // With ip=1 the sender's address stands for who has no id.
    private static string Anonymous(HttpContext context, RequestFields fields) =>
        fields.Find("ip") == "1" && context.Connection.RemoteIpAddress is { } address
            ? Convert.ToHexStringLower(SHA256.HashData(address.MapToIPv6().GetAddressBytes()).AsSpan(0, 16))
            : "";
}
