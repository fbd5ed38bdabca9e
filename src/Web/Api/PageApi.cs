using System.Globalization;
using Microsoft.AspNetCore.Components;
using Muster.Control.Api;

namespace Muster.Web.Api;

/// <summary>The REST interface as the person of this page may use it.</summary>
internal sealed class PageApi(InProcessApi api, IPagePerson person, NavigationManager navigation)
{
    private const int LargestPage = 1000;

    /// <summary>Reads one thing.</summary>
    public Task<Outcome<T>> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Does something.</summary>
    public Task<Outcome<T>> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Sends a text as it is.</summary>
    public async Task<Outcome<T>> UploadAsync<T>(string path, string text, CancellationToken cancellationToken)
    {
        var user = await person.FindAsync(cancellationToken);
        return (await api.SendAsync(HttpMethod.Post, path, new PlainText(text), user, new Uri(navigation.BaseUri), cancellationToken)).As<T>();
    }

    /// <summary>Makes a call whose answer is of no matter.</summary>
    /// <returns>Why it was refused; null: it was not.</returns>
    public async Task<Refusal?> DoAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        (await SendAsync<object>(method, path, body, cancellationToken)).Refusal;

    /// <summary>Reads a list to its end.</summary>
    public async Task<Outcome<IReadOnlyList<T>>> ListAsync<T>(string path, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        string? cursor = null;
        do
        {
            var join = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await GetAsync<Page<T>>(
                string.Create(CultureInfo.InvariantCulture, $"{path}{join}limit={LargestPage}{(cursor is null ? "" : "&cursor=" + cursor)}"), cancellationToken);
            if (page.Refusal is not null)
            {
                return new Outcome<IReadOnlyList<T>>(null, page.Refusal);
            }

            all.AddRange(page.Value!.Items);
            cursor = page.Value.NextCursor;
        }
        while (cursor is not null);
        return new Outcome<IReadOnlyList<T>>(all, null);
    }

    /// <summary>Makes a call.</summary>
    public async Task<Outcome<T>> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        var user = await person.FindAsync(cancellationToken);
        return (await api.SendAsync(method, path, body, user, new Uri(navigation.BaseUri), cancellationToken)).As<T>();
    }
}
