using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Muster.Control.Api;

/// <summary>What is wrong with one part of a request.</summary>
/// <param name="Path">JSON Pointer into the body, as <c>/definition/all/1/event</c>; for a query parameter, its name.</param>
/// <param name="Message">What is wrong and what is accepted.</param>
public sealed record Fault(string Path, string Message);

/// <summary>Errors of the REST interface: <c>application/problem+json</c> with a stable <c>code</c> and a detail that says what to do.</summary>
public static class ApiProblem
{
    /// <summary>Any error, by status and code.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The stable code.</param>
    /// <param name="detail">What happened and what to do.</param>
    /// <param name="faults">What is wrong with which part; null: not about parts.</param>
    /// <param name="more">What the answer says besides.</param>
    public static IResult Of(
        int status, string code, string detail, IReadOnlyList<Fault>? faults = null, IReadOnlyDictionary<string, object?>? more = null)
    {
        var problem = new ProblemDetails { Status = status, Title = Titles.GetValueOrDefault(status, "Error"), Detail = detail };
        problem.Extensions["code"] = code;
        if (faults is not null)
        {
            problem.Extensions["errors"] = faults;
        }

        foreach (var (key, value) in more ?? new Dictionary<string, object?>())
        {
            problem.Extensions[key] = value;
        }

        return TypedResults.Problem(problem);
    }

    /// <summary>404: it does not exist, or it belongs to a project the caller may not see.</summary>
    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not_found", $"There is no such {what} here. Check the id, and that your token is for its project.");

    /// <summary>409: it cannot be done as things stand.</summary>
    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "conflict", detail);

    /// <summary>422: the request is wrong; every fault is listed.</summary>
    public static IResult Invalid(params IReadOnlyList<Fault> faults) => Of(
        StatusCodes.Status422UnprocessableEntity, "invalid",
        faults.Count == 1 ? $"{Where(faults[0])}{faults[0].Message}" : $"{faults.Count} things in the request are wrong; 'errors' names each.", faults);

    private static string Where(Fault fault) => fault.Path.Length == 0 ? "" : $"{fault.Path}: ";

    private static readonly Dictionary<int, string> Titles = new()
    {
        [400] = "Bad request",
        [401] = "Not signed in",
        [403] = "Not allowed",
        [404] = "Not found",
        [405] = "Method not allowed",
        [409] = "Conflict",
        [413] = "Too large",
        [415] = "Unsupported media type",
        [422] = "Invalid request",
        [429] = "Too many requests",
        [500] = "Internal error",
        [503] = "Not available now",
    };
}
