using Microsoft.AspNetCore.Http;
using Muster.Control.Api;

namespace Muster.Control.Audit;

/// <summary>Who is doing what is being done now. Nobody: then it is the program's own work, which is not audited.</summary>
public static class Actor
{
    private static readonly AsyncLocal<Holder?> Now = new();

    /// <summary>Who acts, from where, and what time it is; null: the program itself.</summary>
    internal static (Caller Caller, string? From, DateTimeOffset At)? Current => Now.Value?.Who?.Invoke();

    /// <summary>Someone acts in the calls made until the result is disposed: for what is no request, as a click on a page with an open connection.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="from">The network address they act from; null: not known.</param>
    /// <param name="clock">Tells when.</param>
    public static IDisposable Act(Caller caller, string? from, TimeProvider clock) => Begin(() => (caller, from, clock.GetUtcNow()));

    /// <summary>Whoever makes a request acts while it is handled.</summary>
    internal static IDisposable Act(HttpContext context, TimeProvider clock) => Begin(() => (Caller.Of(context), FromOf(context), clock.GetUtcNow()));

    /// <summary>Where a request comes from.</summary>
    internal static string? FromOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    private static Holder Begin(Func<(Caller Caller, string? From, DateTimeOffset At)?> who) => Now.Value = new Holder { Who = who };

    // Work that a request leaves behind carries this along: once disposed it says that nobody acts.
    private sealed class Holder : IDisposable
    {
        public Func<(Caller Caller, string? From, DateTimeOffset At)?>? Who { get; set; }

        public void Dispose() => Who = null;
    }
}
