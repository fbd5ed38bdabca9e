using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;

namespace Muster.Sandbox.Api;

/// <summary>Reads a request body whole, within the API's 4 MB, and parses it; answers the call itself when it cannot.</summary>
internal sealed class RequestBody(AudienceStore store)
{
    public const int Limit = 4 * 1024 * 1024;

    /// <returns>The request, or null when the call was answered with what is wrong with it.</returns>
    public async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (context.Request.ContentLength > Limit)
        {
            await Answers.RefuseAsync(context, TooLarge);
            return null;
        }

        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted && read.Buffer.Length <= Limit)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        if (read.Buffer.Length > Limit)
        {
            reader.AdvanceTo(read.Buffer.End);
            await Answers.RefuseAsync(context, TooLarge);
            return null;
        }

        if (store.Options.KeepBodies && context.Features.Get<SandboxCall>() is { } call)
        {
            call.Body = Encoding.UTF8.GetString(read.Buffer);
        }

        var (request, fault) = Parse(read.Buffer, type, context.Request.Path);
        reader.AdvanceTo(read.Buffer.End);
        if (fault is not null)
        {
            await Answers.RefuseAsync(context, fault);
        }

        return request;
    }

    private static ApiFault TooLarge { get; } =
        new(StatusCodes.Status413PayloadTooLarge, "BatchTooLarge", "The request body is larger than 4 MB");

    private static (T? Request, ApiFault? Fault) Parse<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type, string path)
        where T : class
    {
        try
        {
            var json = new Utf8JsonReader(body);
            var request = JsonSerializer.Deserialize(ref json, type);
            return request is null || json.Read() || (request is IRequestOfRows { Rows: var rows } && rows.Contains(null))
                ? (null, BadJson(path, "$"))
                : (request, null);
        }
        catch (JsonException exception)
        {
            return (null, BadJson(path, exception.Path ?? "$"));
        }
    }

    private static ApiFault BadJson(string path, string where) =>
        new(StatusCodes.Status400BadRequest, "BadJsonBody", $"[{path}] Invalid JSON body")
        {
            Params = new JsonObject { ["path"] = where },
        };
}
