using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Iterable;
using Muster.Iterable.Calls;
using Muster.Iterable.Delivery;
using Muster.Iterable.Pacing;
using Muster.Syncs.Delivery;
using Shouldly;

namespace Muster.Tests.Unit.Iterable;

/// <summary>Answers calls from a script and remembers what was asked; opens destinations that talk to it.</summary>
internal sealed class ScriptedIterable : HttpMessageHandler
{
    public const string Key = "key-that-nobody-may-see-0123456789";

    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _script = new();
    private readonly Dictionary<int, ConnectionLane> _lanes = [];

    public JumpClock Clock { get; init; } = new();

    public IterableOptions Options { get; init; } = new() { UsUrl = new Uri("http://iterable.test") };

    public RecordingLogger Logger { get; } = new();

    public List<(string Method, string Path, string Body, DateTimeOffset At)> Asked { get; } = [];

    public int Left => _script.Count;

    public ScriptedIterable Then(HttpStatusCode status, string body = "", string type = "application/json", string? retryAfter = null) => Then(_ =>
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return Task.FromResult(response);
    });

    public ScriptedIterable Then(Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public ScriptedIterable Then(Exception trouble) => Then(_ => Task.FromException<HttpResponseMessage>(trouble));

    public ScriptedIterable Times(int times, Action<ScriptedIterable> script)
    {
        for (var i = 0; i < times; i++)
        {
            script(this);
        }

        return this;
    }

    public IListDestination Open(ProjectType projectType = ProjectType.Email, int connectionId = 1)
    {
        if (!_lanes.TryGetValue(connectionId, out var lane))
        {
            _lanes.Add(connectionId, lane = new ConnectionLane(connectionId, Options, Clock, Logger));
        }

        var counter = new DeliveryCounter();
        var http = new IterableHttp(new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, Options.UsUrl, Key, Clock);
        return new IterableDestination(new IterableClient(http, projectType, lane, counter, Options), lane, counter);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.GetValues("Api-Key").ShouldBe([Key]);
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Asked.Add((request.Method.Method, request.RequestUri!.PathAndQuery, body, Clock.GetUtcNow()));
        return _script.Count == 0
            ? throw new InvalidOperationException($"Call {Asked.Count} is not in the script: {request.RequestUri}")
            : await _script.Dequeue()(cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var lane in _lanes.Values)
        {
            lane.Dispose();
        }

        base.Dispose(disposing);
    }

    internal sealed class RecordingLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{formatter(state, exception)} {exception}");
    }
}

internal static class Batches
{
    public const string Fine = """{"successCount":1,"failCount":0}""";

    public static ListBatch Add(params Subscriber[] subscribers) => Of(ListOperation.Add, subscribers);

    public static ListBatch Remove(params Subscriber[] subscribers) => Of(ListOperation.Remove, subscribers);

    public static ListBatch AddOne() => Add(new Subscriber(1, "ann@example.com", null));

    private static ListBatch Of(ListOperation operation, Subscriber[] subscribers) =>
        new() { ListId = 7, Operation = operation, Number = 1, Subscribers = subscribers };
}
