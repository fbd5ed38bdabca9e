using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Muster.Control.People.Oidc;
using Muster.Control.Tokens;

namespace Muster.Tests.Unit.Control.People.Oidc;

/// <summary>
/// A small identity provider on a free port: discovery, keys, authorization (whoever comes is signed in at once), token
/// and user information. It can be told to answer as a bad one would.
/// </summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string ClientId = "muster-of-this-test";
    public const string ClientSecret = "the-client-secret-of-this-test";

    // Keys take long to make, and no test has a use for one of its own.
    private static readonly RSA Published = RSA.Create(2048);
    private static readonly RSA Other = RSA.Create(2048);

    private readonly ConcurrentDictionary<string, Request> _codes = new();
    private WebApplication _app = null!;

    public string Issuer => _app.Urls.Single();

    /// <summary>What it says of whoever signs in.</summary>
    public Dictionary<string, object?> Person { get; set; } = [];

    /// <summary>What it says of them when asked again; null: it cannot be asked.</summary>
    public Dictionary<string, object?>? UserInfo { get; set; }

    /// <summary>Changes the claims of a token before it is signed.</summary>
    public Action<Dictionary<string, object?>> Tamper { get; set; } = _ => { };

    /// <summary>How it signs.</summary>
    public Signing Signs { get; set; } = Signing.WithItsKey;

    /// <summary>Tokens it gave for a code.</summary>
    public int Tokens { get; private set; }

    public static async Task<OidcProvider> StartAsync()
    {
        var provider = new OidcProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = provider._app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", provider.Discovery);
        app.MapGet("/jwks", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        app.MapGet("/userinfo", () => Results.Json(provider.UserInfo));
        await app.StartAsync();
        return provider;
    }

    public OidcOptions Options(Role? defaultRole = null, string secret = ClientSecret) => new()
    {
        Authority = new Uri(Issuer),
        ClientId = ClientId,
        ClientSecret = secret,
        Name = "Example",
        DefaultRole = defaultRole,
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Discovery()
    {
        var document = new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Issuer}/authorize",
            ["token_endpoint"] = $"{Issuer}/token",
            ["jwks_uri"] = $"{Issuer}/jwks",
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        };
        if (UserInfo is not null)
        {
            document["userinfo_endpoint"] = $"{Issuer}/userinfo";
        }

        return Results.Json(document);
    }

    private IResult Keys()
    {
        var key = Published.ExportParameters(false);
        return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "1", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } });
    }

    private IResult Authorize(HttpRequest request)
    {
        string Of(string name) => request.Query[name].ToString();
        if (Of("client_id") != ClientId || Of("response_type") != "code" || Of("code_challenge_method") != "S256" || Of("nonce").Length == 0)
        {
            return Results.BadRequest();
        }

        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = new Request(Of("redirect_uri"), Of("nonce"), Of("code_challenge"));
        return Results.Redirect(QueryHelpers.AddQueryString(Of("redirect_uri"), new Dictionary<string, string?> { ["code"] = code, ["state"] = Of("state") }));
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret)
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        }

        var proof = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!_codes.TryRemove(form["code"].ToString(), out var asked) || asked.RedirectUri != form["redirect_uri"] || asked.Challenge != proof)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        Tokens++;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>(Person) { ["iss"] = Issuer, ["aud"] = ClientId, ["nonce"] = asked.Nonce, ["iat"] = now, ["exp"] = now + 300 };
        Tamper(claims);
        return Results.Json(new { access_token = "access", token_type = "Bearer", expires_in = 300, id_token = Jwt(claims) });
    }

    private string Jwt(Dictionary<string, object?> claims)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = Signs switch { Signing.NotAtAll => "none", Signing.WithTheSecret => "HS256", _ => "RS256" }, typ = "JWT", kid = "1" });
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = Signs switch
        {
            Signing.NotAtAll or Signing.Emptily => [],
            Signing.WithTheSecret => HMACSHA256.HashData(Encoding.UTF8.GetBytes(ClientSecret), bytes),
            Signing.WithAnotherKey => Other.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => Published.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    private sealed record Request(string RedirectUri, string Nonce, string Challenge);
}

/// <summary>How tokens are signed.</summary>
public enum Signing
{
    /// <summary>With the key that it publishes.</summary>
    WithItsKey,

    /// <summary>With one that it does not publish.</summary>
    WithAnotherKey,

    /// <summary>With the client's secret, which is no key of its.</summary>
    WithTheSecret,

    /// <summary>It says that it did, and there is no signature.</summary>
    Emptily,

    /// <summary>Not at all (<c>alg: none</c>).</summary>
    NotAtAll,
}
