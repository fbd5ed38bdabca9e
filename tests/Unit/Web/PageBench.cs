using System.Security.Claims;
using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using Muster.Web.Api;

namespace Muster.Tests.Unit.Web;

/// <summary>Renders components with answers of the REST interface that a test writes.</summary>
internal sealed class PageBench : IAsyncDisposable
{
    private readonly Dictionary<string, (int Status, object? Body)> _answers = [];
    private readonly BunitContext _context = new();

    public PageBench()
    {
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
        _context.Services.AddMudServices();
        _context.Services.AddSingleton<TimeProvider>(Clock);
        _context.Services.AddSingleton<IPagePerson>(new Someone());
        _context.Services.AddSingleton<InProcessApi>();
        _context.Services.AddScoped<PageApi>();
        _context.Services.GetRequiredService<InProcessApi>().Attach(AnswerAsync);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The calls that were made, with their bodies.</summary>
    public List<(string Call, JsonElement? Body)> Calls { get; } = [];

    public BunitContext Context => _context;

    public void Answer(string call, object? body, int status = 200) => _answers[call] = (status, body);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var call = $"{context.Request.Method} {context.Request.Path.Value!["/api/v1/".Length..]}";
        JsonElement? body = context.Request.ContentLength > 0 ? (await JsonDocument.ParseAsync(context.Request.Body)).RootElement : null;
        Calls.Add((call, body));
        var (status, answer) = _answers.TryGetValue(call, out var known) ? known : (404, new { code = "not_found", detail = "There is no such thing here." });
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(answer);
    }

    private sealed class Someone : IPagePerson
    {
        public Task<ClaimsPrincipal> FindAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "someone")], "test")));
    }
}
