using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Muster.Iterable.Webhooks;

/// <summary>The memory that all webhook bodies share: what waits for the store still holds its body, so this bounds the queue.</summary>
/// <param name="mostBytes">How many bytes may be held.</param>
internal sealed class WebhookRoom(long mostBytes = WebhookRoom.MostBytes)
{
    /// <summary>The largest body taken, in bytes.</summary>
    public const int LargestBody = 4 * 1024 * 1024;

    private const long MostBytes = 64 * 1024 * 1024;
    private const int LeastRoom = 4 * 1024;

    private long _free = mostBytes;

    /// <summary>Reads a body, as far as there is room. Dispose what is returned when its events are stored.</summary>
    public async Task<Taken> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LargestBody)
        {
            return new Taken(this) { IsTooLarge = true };
        }

        var taken = new Taken(this);
        if (!taken.Grow((int)Math.Max(request.ContentLength + 1 ?? 0, LeastRoom)))
        {
            return taken;
        }

        try
        {
            while (await request.Body.ReadAsync(taken.Room, cancellationToken) is var read and > 0)
            {
                if (!taken.Advance(read))
                {
                    break;
                }
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _free, -bytes) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _free, bytes);
        return false;
    }

    /// <summary>A body and the room it takes.</summary>
    internal sealed class Taken(WebhookRoom room) : IDisposable
    {
        private byte[] _bytes = [];
        private int _length;
        private long _held;

        /// <summary>It is larger than any body may be.</summary>
        public bool IsTooLarge { get; set; }

        /// <summary>There was no room for it.</summary>
        public bool IsRefused { get; private set; }

        /// <summary>The body.</summary>
        public Memory<byte> Bytes => _bytes.AsMemory(0, _length);

        /// <summary>Room behind what was read; never empty.</summary>
        public Memory<byte> Room => _bytes.AsMemory(_length);

        /// <summary>So much was read; false when it cannot go on.</summary>
        public bool Advance(int count)
        {
            _length += count;
            IsTooLarge = _length > LargestBody;
            return !IsTooLarge && (_length < _bytes.Length || Grow(_length * 2));
        }

        /// <summary>Makes room for so many bytes; false when there is none.</summary>
        public bool Grow(int size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(size);
            if (!room.TryTake(larger.Length - _held))
            {
                ArrayPool<byte>.Shared.Return(larger);
                IsRefused = true;
                return false;
            }

            _held = larger.Length;
            Bytes.CopyTo(larger);
            Release();
            _bytes = larger;
            return true;
        }

        /// <inheritdoc />
        public void Dispose()
        {
            Release();
            room.TryTake(-_held);
            _held = 0;
            _length = 0;
        }

        private void Release()
        {
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = [];
            }
        }
    }
}
