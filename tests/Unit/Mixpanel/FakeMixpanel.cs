using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Tests.Unit.Iterable;

namespace Muster.Tests.Unit.Mixpanel;

/// <summary>Mixpanel's /import as its documentation describes it, strict; fails as it is told.</summary>
internal sealed class FakeMixpanel : IAsyncDisposable
{
    public const string Secret = "secret-that-nobody-may-see";

    private static readonly string[] RefusedIds = ["anonymous", "null", "undefined", "0", "-1", "none"];

    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();
    private SmallServer _server = null!;

    public Uri Address => _server.Address;

    public int Calls => _server.Calls;

    /// <summary>Every event that was taken, by its insert id; one that came twice is once here, as Mixpanel shows it.</summary>
    public ConcurrentDictionary<string, JsonElement> Events { get; } = new();

    /// <summary>The queries and headers of the calls that were looked at.</summary>
    public ConcurrentQueue<(string Query, string Authorization, string? Integration, string? Encoding, int Records)> Seen { get; } = new();

    /// <summary>Refuses an event, with the reason; null: takes it.</summary>
    public Func<JsonElement, string?> Refuse { get; set; } = _ => null;

    /// <summary>The largest number of records in a call.</summary>
    public int MostRecords { get; set; } = 2000;

    public static async Task<FakeMixpanel> StartAsync(CancellationToken cancellationToken)
    {
        var fake = new FakeMixpanel();
        fake._server = await SmallServer.StartAsync(fake.AnswerAsync, cancellationToken);
        return fake;
    }

    /// <summary>The next call is answered so; later ones as usual.</summary>
    public FakeMixpanel Then(int status, string body = "{}", string? retryAfter = null) => Then(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        await context.Response.WriteAsync(body);
    });

    public FakeMixpanel Then(Func<HttpContext, Task> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    /// <summary>Returns when a call was answered as the script said, so often.</summary>
    public Task EventAsync(string name, CancellationToken cancellationToken) =>
        _awaited.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (_script.TryDequeue(out var scripted))
        {
            await scripted(context);
            return;
        }

        var request = context.Request;
        Seen.Enqueue((request.Path + request.QueryString.ToString(), request.Headers.Authorization.ToString(),
            request.Headers["X-Mixpanel-Integration-ID"], request.Headers.ContentEncoding, 0));
        if (request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"muster.1.mp-service-account:{Secret}")))
        {
            await Say(context, 401, """{"code":401,"error":"Invalid credentials","status":"Unauthorized"}""");
            return;
        }

        await using var plain = new GZipStream(request.Body, CompressionMode.Decompress);
        using var body = await JsonDocument.ParseAsync(plain);
        if (body.RootElement.GetArrayLength() > MostRecords)
        {
            await Say(context, 413, """{"code":413,"error":"request exceeds max limit of 2097152 bytes","status":"Request Entity Too Large"}""");
            return;
        }

        var failed = new List<string>();
        var taken = new List<JsonElement>();
        foreach (var (index, record) in body.RootElement.EnumerateArray().Index())
        {
            if ((Fault(record) ?? Refuse(record)) is { } reason)
            {
                failed.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"index":{{index}},"$insert_id":"x","field":"properties","message":"{{reason}}"}"""));
            }
            else
            {
                taken.Add(record.Clone());
            }
        }

        taken.ForEach(record => Events[record.GetProperty("properties").GetProperty("$insert_id").GetString()!] = record);
        await (failed.Count == 0
            ? Say(context, 200, $$"""{"code":200,"num_records_imported":{{taken.Count}},"status":"OK"}""")
            : Say(context, 400, $$"""{"code":400,"error":"some data points in the request failed validation","status":"Bad Request","num_records_imported":{{taken.Count}},"failed_records":[{{string.Join(',', failed)}}]}"""));
        taken.ForEach(record => _awaited.GetOrAdd(
            record.GetProperty("event").GetString()!, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult());
    }

    private static string? Fault(JsonElement record)
    {
        var properties = record.GetProperty("properties");
        var insertId = properties.GetProperty("$insert_id").GetString()!;
        return record.EnumerateObject().Count() != 2 ? "only event and properties are allowed"
            : record.GetProperty("event").GetString() is not { Length: > 0 } ? "'event' must not be missing or blank"
            : properties.GetProperty("time").GetInt64() is < 100_000_000_000 or > 4_000_000_000_000 ? "'properties.time' is invalid"
            : RefusedIds.Contains(properties.GetProperty("distinct_id").GetString()) ? "'properties.distinct_id' is invalid"
            : insertId.Length is 0 or > 36 || !insertId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? "'properties.$insert_id' is invalid"
            : properties.EnumerateObject().GroupBy(p => p.Name).Any(g => g.Count() > 1) ? "a property is there twice"
            : null;
    }

    private static Task Say(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }
}
