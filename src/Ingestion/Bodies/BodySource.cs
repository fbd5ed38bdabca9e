using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Muster.Ingestion.Bodies;

/// <summary>Where a body comes from: the request's stream, unpacked, and no more of it than is allowed.</summary>
/// <param name="request">The request.</param>
/// <param name="gzip">Whether it is packed.</param>
/// <param name="limit">How many bytes it may have, unpacked.</param>
internal sealed class BodySource(HttpRequest request, bool gzip, int limit) : IDisposable
{
    private readonly GZipStream? _unpacked = gzip ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;

    // A packed one has to be read to its end, where what was unpacked is checked.
    private readonly long? _length = gzip ? null : request.ContentLength;
    private long _read;

    /// <summary>Whether all of it was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>Reads some more: how many bytes, or why no more is read.</summary>
    public async ValueTask<(int Count, Refusal? Refusal)> ReadAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        try
        {
            var count = await (_unpacked ?? request.Body).ReadAsync(room, cancellationToken);
            _read += count;
            Ended = count == 0 || _read == _length;
            return (count, _read > limit ? Refusal.TooLarge : null);
        }
        catch (InvalidDataException)
        {
            return (0, new Refusal(StatusCodes.Status400BadRequest, "the body is not valid gzip, or is cut off"));
        }
        catch (BadHttpRequestException e)
        {
            return (0, e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Refusal.TooLarge
                : new Refusal(e.StatusCode, "the body could not be read to its end"));
        }
    }

    /// <inheritdoc />
    public void Dispose() => _unpacked?.Dispose();
}
