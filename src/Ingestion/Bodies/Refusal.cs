using Microsoft.AspNetCore.Http;

namespace Muster.Ingestion.Bodies;

/// <summary>Why a whole request is refused.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What is wrong and what is accepted.</param>
internal sealed record Refusal(int Status, string Message)
{
    /// <summary>Seconds after which it may be sent again; null: the same request will not do better later.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>There is too much in flight, or the store cannot be written now.</summary>
    public static Refusal Overloaded(string message) => new(StatusCodes.Status503ServiceUnavailable, message) { RetryAfter = 2 };

    /// <summary>The memory for bodies is used up.</summary>
    public static Refusal TooMuchInFlight => Overloaded("too many requests are waiting for the store; send this again in a moment");

    /// <summary>It has more bytes than a request may have.</summary>
    public static Refusal TooLarge => new(StatusCodes.Status413PayloadTooLarge, $"request exceeds max limit of {Limits.BodyBytes} bytes");
}
