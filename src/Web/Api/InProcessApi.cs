using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Muster.Web.Api;

/// <summary>Calls the REST interface of this same process, without a socket in between.</summary>
/// <remarks>
/// Pages and programs so have one set of rules: roles, masking, faults with their paths, what is written down about who
/// did what. The request goes through the whole pipeline, with the person who is signed in as its user.
/// </remarks>
internal sealed class InProcessApi(IServiceScopeFactory scopes)
{
    private RequestDelegate? _pipeline;

    /// <summary>Takes what handles requests from here on.</summary>
    public void Attach(RequestDelegate pipeline) => _pipeline = pipeline;

    /// <summary>Makes one call.</summary>
    /// <param name="method">GET, POST, PATCH, PUT or DELETE.</param>
    /// <param name="path">Below <c>/api/v1/</c>, with its query.</param>
    /// <param name="body">Sent as JSON, a <see cref="PlainText"/> as it is; null: none.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="origin">The address that the person's browser uses; answers that name addresses of this program use it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, object? body, ClaimsPrincipal user, Uri origin, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, User = user, RequestAborted = cancellationToken };
        var query = path.IndexOf('?', StringComparison.Ordinal);
        var request = context.Request;
        request.Method = method.Method;
        request.Scheme = origin.Scheme;
        request.Host = HostString.FromUriComponent(origin);
        request.Path = PathString.FromUriComponent("/api/v1/" + (query < 0 ? path : path[..query]));
        request.QueryString = query < 0 ? QueryString.Empty : new QueryString(path[query..]);
        if (body is not null)
        {
            var (type, bytes) = body is PlainText plain
                ? ("text/plain", Encoding.UTF8.GetBytes(plain.Text))
                : ("application/json", JsonSerializer.SerializeToUtf8Bytes(body, ApiAnswer.Format));
            request.ContentType = type;
            request.ContentLength = bytes.Length;
            request.Body = new MemoryStream(bytes);
        }

        context.Response.Body = answer;
        await _pipeline!(context);
        cancellationToken.ThrowIfCancellationRequested();
        return new ApiAnswer(context.Response.StatusCode, answer.ToArray());
    }
}

/// <summary>A body that is no JSON.</summary>
internal sealed record PlainText(string Text);
