using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Muster.Bench.Push;

/// <summary>
/// As little of Iterable as a push needs, and as cheap as it can be, so that what is measured is the client: bodies are
/// kept as they come and read when someone asks who is on the list.
/// </summary>
internal sealed class FakeIterable : IAsyncDisposable
{
    private const int BatchLimit = 1000;
    private const int WarmUpRounds = 5;
    private const int WarmUpCalls = 8;

    private static readonly byte[] Subscriber = "{\"email\":"u8.ToArray();

    private readonly WebApplication _app;
    private readonly TimeSpan _latency;
    private readonly double _rate;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly Queue<long> _taken = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly ConcurrentDictionary<int, string> _lists = new();
    private int _calls;
    private int _refused;
    private long _firstAt;
    private long _lastTakenAt;

    private FakeIterable(TimeSpan latency, double rate)
    {
        (_latency, _rate) = (latency, rate);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Subscribe and unsubscribe calls that were taken, and those that were told to come later.</summary>
    public (int Taken, int Refused) Calls => (Volatile.Read(ref _calls), Volatile.Read(ref _refused));

    /// <summary>Calls a second that came, between the first and the last.</summary>
    public double Reached => (_calls - 1) / _clock.GetElapsedTime(Volatile.Read(ref _firstAt), Volatile.Read(ref _lastTakenAt)).TotalSeconds;

    public static async Task<FakeIterable> StartAsync(TimeSpan latency, double rate, CancellationToken cancellationToken)
    {
        var fake = new FakeIterable(latency, rate);
        await fake._app.StartAsync(cancellationToken);
        await fake.WarmUpAsync(cancellationToken);
        return fake;
    }

    // What this process compiles at its first calls would be counted as their way there: Iterable has been up for longer.
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address };
        var body = string.Concat("{\"subscribers\":[", string.Join(',', Enumerable.Range(0, BatchLimit).Select(n => $$"""{"email":"warm.up.{{n}}@customers.example.com"}""")), "]}");
        for (var round = 0; round < WarmUpRounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, WarmUpCalls).Select(async _ =>
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri("/api/lists/subscribe", UriKind.Relative), content, cancellationToken);
            }));
        }

        Forget();
    }

    /// <summary>Different addresses that were subscribed.</summary>
    public int CountMembers()
    {
        var addresses = new HashSet<UInt128>();
        foreach (var body in _bodies)
        {
            using var document = JsonDocument.Parse(body);
            foreach (var subscriber in document.RootElement.GetProperty("subscribers").EnumerateArray())
            {
                addresses.Add(XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(subscriber.GetProperty("email").GetString()!)));
            }
        }

        return addresses.Count;
    }

    /// <summary>Forgets who was subscribed and what was counted; lists stay.</summary>
    public void Forget()
    {
        _bodies.Clear();
        (_calls, _refused, _firstAt, _lastTakenAt) = (0, 0, 0, 0);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("POST", "/api/lists/subscribe") => UpdateAsync(context, keep: true),
        ("POST", "/api/lists/unsubscribe") => UpdateAsync(context, keep: false),
        ("GET", "/api/lists") => ListsAsync(context),
        ("POST", "/api/lists") => CreateAsync(context),
        ("GET", "/api/lists/getUsers") => Task.CompletedTask,
        _ => RefuseAsync(context, StatusCodes.Status404NotFound),
    };

    private async Task UpdateAsync(HttpContext context, bool keep)
    {
        Interlocked.CompareExchange(ref _firstAt, _clock.GetTimestamp(), 0);
        var body = await ReadAsync(context);
        if (!TryTake())
        {
            Interlocked.Increment(ref _refused);
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests);
            return;
        }

        Volatile.Write(ref _lastTakenAt, _clock.GetTimestamp());
        if (_latency > TimeSpan.Zero)
        {
            await Task.Delay(_latency, _clock, context.RequestAborted);
        }

        var count = body.AsSpan().Count(Subscriber);
        if (count is 0 or > BatchLimit)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest);
            return;
        }

        if (keep)
        {
            _bodies.Enqueue(body);
        }

        Interlocked.Increment(ref _calls);
        await WriteAsync(context, string.Create(CultureInfo.InvariantCulture, $$"""
            {"createdFields":[],"failCount":0,"failedUpdates":{"conflictEmails":[],"conflictUserIds":[],"forgottenEmails":[],"forgottenUserIds":[],"invalidDataEmails":[],"invalidDataUserIds":[],"invalidEmails":[],"invalidUserIds":[],"notFoundEmails":[],"notFoundUserIds":[]},"filteredOutFields":[],"invalidEmails":[],"invalidUserIds":[],"successCount":{{count}}}
            """));
    }

    private Task ListsAsync(HttpContext context) => WriteAsync(context, JsonSerializer.Serialize(new
    {
        lists = _lists.Select(list => new { id = list.Key, name = list.Value, createdAt = 0L, listType = "Standard" }),
    }));

    private async Task CreateAsync(HttpContext context)
    {
        using var request = JsonDocument.Parse(await ReadAsync(context));
        var id = _lists.Count + 1;
        _lists[id] = request.RootElement.GetProperty("name").GetString()!;
        await WriteAsync(context, $$"""{"listId":{{id}}}""");
    }

    // No more than the rate within any second, as Iterable has it.
    private bool TryTake()
    {
        if (_rate <= 0)
        {
            return true;
        }

        lock (_lock)
        {
            while (_taken.TryPeek(out var oldest) && _clock.GetElapsedTime(oldest) >= TimeSpan.FromSeconds(1))
            {
                _taken.Dequeue();
            }

            if (_taken.Count >= _rate)
            {
                return false;
            }

            _taken.Enqueue(_clock.GetTimestamp());
            return true;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } length)
        {
            var exact = new byte[length];
            await context.Request.Body.ReadExactlyAsync(exact, context.RequestAborted);
            return exact;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, """{"msg":"refused","code":"RateLimitExceeded","params":null}""");
    }

    private static async Task WriteAsync(HttpContext context, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
