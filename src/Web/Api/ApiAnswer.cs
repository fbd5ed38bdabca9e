using System.Text.Json;
using Muster.Control.Api;

namespace Muster.Web.Api;

/// <summary>What the REST interface answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; empty: none.</param>
internal sealed record ApiAnswer(int Status, byte[] Body)
{
    /// <summary>JSON as the REST interface has it.</summary>
    public static readonly JsonSerializerOptions Format = Conventions();

    /// <summary>Whether what was asked for was done.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The answer as a value, or why there is none.</summary>
    public Outcome<T> As<T>() => IsSuccess
        ? new Outcome<T>(Body.Length == 0 ? default : JsonSerializer.Deserialize<T>(Body, Format), null)
        : new Outcome<T>(default, ReadRefusal());

    private Refusal ReadRefusal()
    {
        try
        {
            return JsonSerializer.Deserialize<Refusal>(Body, Format)! with { Status = Status };
        }
        catch (JsonException)
        {
            return new Refusal { Status = Status, Code = "internal", Detail = $"The answer was {Status} without a reason. The log has more." };
        }
    }

    private static JsonSerializerOptions Conventions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiConventions.Configure(options);
        return options;
    }
}

/// <summary>A value, or why there is none.</summary>
/// <param name="Value">The value; default when it was refused.</param>
/// <param name="Refusal">Null when it was not.</param>
public sealed record Outcome<T>(T? Value, Refusal? Refusal);

/// <summary>Why a call was refused, for people.</summary>
public sealed record Refusal
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>The stable code.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>What is wrong with which part of the request.</summary>
    public IReadOnlyList<Fault>? Errors { get; init; }

    /// <summary>What is wrong with one key of the request; null: nothing.</summary>
    public string? Of(string key) => Errors?.FirstOrDefault(e => e.Path == "/" + key)?.Message is { } message ? $"It {message}." : null;
}
