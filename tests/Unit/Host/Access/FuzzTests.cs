using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Access;

/// <summary>Every operation of the OpenAPI document with inputs nobody thought of: refused or done, never a failure.</summary>
public sealed class FuzzTests
{
    private const int TriesOfEach = 6;
    private const int Seed = 20261125;

    private static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1", "2147483648", "99999999999999999999", "1e400", "NaN", "true", "null", "undefined", "a", "ä\u0301💥", "\ud800", "\0", "\r\nX: y",
        "'; DROP TABLE event; --", "%00", "../../etc/passwd", "<script>", "2026-11-25", "2026-02-30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
        "https://127.0.0.1:9/x", "ada@example.com", "admin", "iterable", "us", "dynamic", "UTC", "$email", "{}", "[]", new('x', 5000),
    ];

    private static readonly string[] MediaTypes = ["application/json", "application/json", "application/json", "text/plain", "text/csv", "application/x-www-form-urlencoded", "application/octet-stream", "multipart/form-data"];

    [Fact]
    public async Task Operations_WithRandomInputs_NeverFail()
    {
        // An Iterable that answers at once: one that is not there is tried again for a minute.
        await using var iterable = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = ["the-api-key-of-this-test"] });
        await using var server = await WholeServer.StartAsync(
            ("MUSTER_LIMIT_SIGN_IN", "0"), ("MUSTER_LIMIT_API", "0"), ("MUSTER_MIXPANEL_INGEST_URL", "http://127.0.0.1:9"),
            ("MUSTER_ITERABLE_US_URL", iterable.Address.ToString()), ("MUSTER_ITERABLE_EU_URL", iterable.Address.ToString()));
        var things = await server.MakeProjectAsync("Fuzzed");
        using var admin = server.Client(WholeServer.AdminToken);
        var document = JsonElement.Parse(await admin.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken));
        var random = new Random(Seed);
        var (failures, answered, accepted) = (new List<string>(), 0, 0);

        // What deletes comes last: there is something to call until then.
        foreach (var (method, path, operation) in Operations(document).OrderBy(o => o.Method == "DELETE").ThenBy(o => o.Path, StringComparer.Ordinal))
        {
            foreach (var request in Enumerable.Range(0, TriesOfEach).Select(i => RequestOf(document, (method, path, operation), things, random, i)).Where(r => !EndsTheTest(r)))
            {
                var (status, isUnavailable, what) = await SendAsync(admin, request);
                answered++;
                accepted += status < 300 ? 1 : 0;
                if (status >= 500 && !isUnavailable)
                {
                    failures.Add($"{status} {what}");
                }
            }
        }

        failures.ShouldBeEmpty();
        answered.ShouldBeGreaterThan(400);
        accepted.ShouldBeGreaterThan(50);
    }

    private static HttpRequestMessage RequestOf(
        JsonElement document, (string Method, string Path, JsonElement Operation) call, ProjectThings things, Random random, int round)
    {
        var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(UriOf(call.Path, call.Operation, things, random, round), UriKind.Relative));
        if (call.Method is not ("GET" or "DELETE"))
        {
            GiveBody(document, call.Operation, random, request);
        }

        return request;
    }

    // 503 as a problem is an answer: it says what is not there now.
    private static async Task<(int Status, bool IsUnavailable, string What)> SendAsync(HttpClient admin, HttpRequestMessage request)
    {
        var what = $"{request.Method} {request.RequestUri} {request.Content?.Headers.ContentType} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}";
        using (request)
        {
            using var answer = await admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            var isUnavailable = (int)answer.StatusCode == 503 && answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
            return ((int)answer.StatusCode, isUnavailable, what);
        }
    }

    // The token that all of this is called with stays.
    private static bool EndsTheTest(HttpRequestMessage request) =>
        request.Method == HttpMethod.Delete && request.RequestUri!.OriginalString.StartsWith("/api/v1/tokens/1", StringComparison.Ordinal);

    private static string UriOf(string path, JsonElement operation, ProjectThings things, Random random, int round)
    {
        var filled = path;
        var query = new StringBuilder();
        foreach (var parameter in operation.TryGetProperty("parameters", out var all) ? all.EnumerateArray() : default)
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (parameter.GetProperty("in").GetString() == "path")
            {
                var value = round % 3 < 2 ? Known(path, name, things) : Pick(random, Texts) is { Length: > 0 } text ? text : "0";
                filled = filled.Replace($"{{{name}}}", Escape(value), StringComparison.Ordinal);
            }
            else if (parameter.GetProperty("in").GetString() == "query" && random.Next(2) == 0)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Escape(Pick(random, Texts)));
            }
        }

        return filled + query.Append(random.Next(4) == 0 ? (query.Length == 0 ? "?" : "&") + "limit=" + Escape(Pick(random, Texts)) : "");
    }

    private static string Known(string path, string name, ProjectThings things) => (name switch
    {
        "projectId" => things.Project,
        "id" => path.Split('/') is [_, _, _, var kind, ..] ? kind switch
        {
            "projects" => things.Project,
            "cohorts" => things.Cohort,
            "connections" => things.Connection,
            "syncs" => things.Sync,
            "runs" => (int)things.Run,
            _ => 2,
        }
        : 1,
        _ => 1,
    }).ToString(CultureInfo.InvariantCulture);

    private static void GiveBody(JsonElement document, JsonElement operation, Random random, HttpRequestMessage request)
    {
        var body = random.Next(8) switch
        {
            0 => Pick(random, Texts),
            1 => Any(random, 0)?.ToJsonString() ?? "null",
            2 => $"[{Like(SchemaOf(document, operation), document, random, 0)?.ToJsonString() ?? "null"}]",
            _ => Like(SchemaOf(document, operation), document, random, 0)?.ToJsonString() ?? "{}",
        };
        var bytes = Encoding.UTF8.GetBytes(body);
        if (random.Next(6) == 0 && bytes.Length > 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        request.Content = new ByteArrayContent(bytes);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(Pick(random, MediaTypes));
        if (random.Next(10) == 0)
        {
            request.Content.Headers.ContentEncoding.Add(Pick(random, ["gzip", "br", "nothing"]));
        }
    }

    private static JsonElement SchemaOf(JsonElement document, JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } content
        && content.Value.TryGetProperty("schema", out var schema) ? schema : document.GetProperty("info");

    // An object of the shape that is asked for, with some of its values as nobody would send them.
    private static JsonNode? Like(JsonElement schema, JsonElement document, Random random, int depth)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Like(document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), document, random, depth);
        }

        if (depth > 4 || random.Next(8) == 0)
        {
            return Any(random, depth);
        }

        if (schema.TryGetProperty("oneOf", out var choices) || schema.TryGetProperty("anyOf", out choices))
        {
            return Like(choices[random.Next(choices.GetArrayLength())], document, random, depth + 1);
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return JsonNode.Parse(words[random.Next(words.GetArrayLength())].GetRawText());
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            var made = new JsonObject();
            foreach (var property in properties.EnumerateObject().Where(_ => random.Next(6) != 0))
            {
                made[property.Name] = Like(property.Value, document, random, depth + 1);
            }

            if (random.Next(6) == 0)
            {
                made[Whole(Pick(random, Texts))] = Any(random, depth);
            }

            return made;
        }

        var type = schema.TryGetProperty("type", out var said) ? said.ToString() : "";
        return type.Contains("integer", StringComparison.Ordinal) || type.Contains("number", StringComparison.Ordinal) ? JsonValue.Create(random.Next(-2, 100))
            : type.Contains("boolean", StringComparison.Ordinal) ? JsonValue.Create(random.Next(2) == 0)
            : type.Contains("array", StringComparison.Ordinal) && schema.TryGetProperty("items", out var items)
                ? new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Like(items, document, random, depth + 1))])
            : type.Contains("string", StringComparison.Ordinal) ? JsonValue.Create(Whole(Pick(random, Texts)))
            : Any(random, depth);
    }

    private static JsonNode? Any(Random random, int depth) => random.Next(depth > 4 ? 5 : 7) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.NextInt64()),
        3 => JsonValue.Create(random.NextDouble() * 1e300),
        4 => JsonValue.Create(Whole(Pick(random, Texts))),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, depth + 1))]),
        _ => Nested(random, depth),
    };

    private static JsonObject Nested(Random random, int depth)
    {
        var made = new JsonObject();
        foreach (var name in new[] { "all", "not", "event", "profile", "is", "window", "name", "$set", "properties" }.Where(_ => random.Next(3) == 0))
        {
            made[name] = Any(random, depth + 1);
        }

        return made;
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    // Half a character can be escaped in JSON and in no URI, and the writer of JSON refuses it.
    private static string Whole(string text) => text.Replace("\ud800", "\ufffd", StringComparison.Ordinal);

    private static string Escape(string text) => Uri.EscapeDataString(Whole(text.Length > 1000 ? text[..1000] : text));

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);
}
