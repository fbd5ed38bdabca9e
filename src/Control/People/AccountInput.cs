using System.Net.Mail;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Muster.Control.Api;

namespace Muster.Control.People;

/// <summary>What people type about accounts: addresses, passwords, and where to go afterwards.</summary>
internal static class AccountInput
{
    private const int LargestBody = 64 * 1024;

    /// <summary>Reads a form, or JSON, of bounded size.</summary>
    public static ValueTask<RequestBody> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestBody;
        }

        return context.Request.HasFormContentType ? RequestBody.OfFormAsync(context) : RequestBody.BindAsync(context);
    }

    /// <summary>An email address.</summary>
    public static string Email(this RequestBody body, string key)
    {
        var text = body.Text(key);
        if (text.Length > 0 && !(MailAddress.TryCreate(text, out var address) && address.Address == text))
        {
            body.AddFault(key, "must be an email address");
        }

        return text;
    }

    /// <summary>A password to be set; "" when it is at fault. Spaces are part of it.</summary>
    public static string NewPassword(this RequestBody body, string key)
    {
        var password = body.Password(key);
        if (password.Length is > 0 and < Accounts.ShortestPassword)
        {
            body.AddFault(key, $"must have at least {Accounts.ShortestPassword} characters");
        }

        return password;
    }

    /// <summary>A password to be compared; "" when it is at fault.</summary>
    public static string Password(this RequestBody body, string key)
    {
        var value = body.Json(key);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return "";
        }

        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= Accounts.LongestPassword } password)
        {
            body.AddFault(key, $"must be a text of 1 to {Accounts.LongestPassword} characters");
            return "";
        }

        return password;
    }

    /// <summary>Where to go afterwards: a path of this server, whatever was asked for.</summary>
    public static string LocalPath(string? asked) =>
        asked is { Length: > 0 } && asked[0] == '/' && !asked.StartsWith("//", StringComparison.Ordinal)
        && !asked.Contains('\\', StringComparison.Ordinal) && !asked.Any(char.IsControl)
            ? asked
            : "/";
}
