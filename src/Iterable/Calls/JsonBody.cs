using System.Net;
using System.Net.Http.Headers;

namespace Muster.Iterable.Calls;

/// <summary>A request's JSON, which tells when it is asked for: then there is a connection, and the request goes out.</summary>
internal sealed class JsonBody : HttpContent
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ReadOnlyMemory<byte> _json;
    private readonly Action? _leaving;

    public JsonBody(ReadOnlyMemory<byte> json, Action? leaving)
    {
        (_json, _leaving) = (json, leaving);
        Headers.ContentType = Json;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _leaving?.Invoke();
        return stream.WriteAsync(_json, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _json.Length;
        return true;
    }
}
