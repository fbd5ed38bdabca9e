using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.People;
using Muster.Control.People.Oidc;
using Shouldly;

namespace Muster.Tests.Unit.Control.People;

/// <summary>Control data behind REST on a free port, with people to sign in and a clock that stands still.</summary>
internal sealed class PeopleServer : IAsyncDisposable
{
    public const string AdminToken = "the-admin-token-of-this-test";
    public const string AdminEmail = "ada@example.com";
    public const string Password = "correct horse battery";

    private readonly string _folder;
    private readonly bool _keepsFolder;
    private WebApplication _app = null!;

    private PeopleServer(string? folder)
    {
        _keepsFolder = folder is not null;
        _folder = folder ?? Directory.CreateTempSubdirectory("muster-people-").FullName;
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    public IServiceProvider Services => _app.Services;

    public FirstStart FirstStart => Services.GetRequiredService<FirstStart>();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts it.</summary>
    /// <param name="password">The password of the settings' admin; null: the settings name none.</param>
    /// <param name="folder">A data folder that stays; null: one of its own.</param>
    /// <param name="oidc">An identity provider. What it signs is good for minutes by the real clock: this server goes by that one too, then.</param>
    public static async Task<PeopleServer> StartAsync(string? password = Password, string? folder = null, OidcOptions? oidc = null)
    {
        var server = new PeopleServer(folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(oidc is null ? server.Clock : TimeProvider.System);
        builder.Services.AddControl(new ControlOptions
        {
            DataDir = server._folder,
            AdminToken = AdminToken,
            AdminEmail = password is null ? null : AdminEmail,
            AdminPassword = password,
            Oidc = oidc,
        });
        var app = server._app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        app.UseSameOrigin();
        app.UseAuthorization();
        app.MapGroup("/api/v1").MapControl();
        app.MapSignIn();
        app.MapGet("/", () => "a page").RequireAuthorization(Policies.SignedIn);
        await app.Services.MigrateControlAsync(CancellationToken.None);
        await app.StartAsync();
        return server;
    }

    /// <summary>A browser: it keeps cookies and follows no redirect.</summary>
    public Browser NewBrowser() => new(Address);

    /// <summary>A browser in which someone is signed in.</summary>
    public async Task<Browser> SignInAsync(string email = AdminEmail, string password = Password)
    {
        var browser = NewBrowser();
        (await browser.SignInAsync(email, password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        return browser;
    }

    /// <summary>A program with a token.</summary>
    public HttpClient Program(string token = AdminToken)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<int> MakeProjectAsync(string name)
    {
        using var program = Program();
        var answer = await program.PostAsJsonAsync("/api/v1/projects", new { name });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
    }

    /// <summary>Puts someone with a password into a project.</summary>
    public async Task<int> AddPersonAsync(int projectId, string email, string role)
    {
        using var program = Program();
        var answer = await program.PostAsJsonAsync($"/api/v1/projects/{projectId}/people", new { email, role, password = Password });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
    }

    /// <summary>Invites someone and gives the key of their link.</summary>
    public async Task<string> InviteAsync(int projectId, string email, string role)
    {
        using var program = Program();
        var answer = await program.PostAsJsonAsync($"/api/v1/projects/{projectId}/people", new { email, role });
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return KeyOf((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("invitation"));
    }

    public static string KeyOf(JsonElement invitation) => invitation.GetProperty("url").GetString()!.Split("key=")[1];

    public Task<ControlDb> DbAsync() => Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (!_keepsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}

/// <summary>A browser of one person.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };

    public Browser(Uri address) => Http = new HttpClient(_handler) { BaseAddress = address };

    public HttpClient Http { get; }

    public CookieCollection Cookies => _handler.CookieContainer.GetCookies(Http.BaseAddress!);

    public Task<HttpResponseMessage> SignInAsync(string email, string password, string? code = null) =>
        Http.PostAsJsonAsync("/account/sign-in", new { email, password, code });

    public Task<HttpResponseMessage> SendFormAsync(string path, params (string Name, string Value)[] fields) =>
        Http.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    public async Task<HttpStatusCode> StatusAsync(string path) => (await Http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode;

    /// <summary>Another browser with the same cookies: a thief's.</summary>
    public Browser Copy()
    {
        var copy = new Browser(Http.BaseAddress!);
        copy._handler.CookieContainer.Add(Cookies);
        return copy;
    }

    public void Dispose() => Http.Dispose();
}
