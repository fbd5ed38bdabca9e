using Muster.Control;
using Muster.Iterable.Calls;
using Muster.Iterable.Wire;
using Polly;

namespace Muster.Iterable.Connections;

/// <summary>Why a key was not taken.</summary>
/// <param name="Code"><c>iterable_key_rejected</c> or <c>iterable_unreachable</c>.</param>
/// <param name="Detail">What happened and what to do.</param>
internal sealed record KeyRefusal(string Code, string Detail);

/// <summary>Tries an API key against Iterable by asking for the project's lists, while a person waits.</summary>
internal sealed class KeyTrial(IHttpClientFactory http, IterableOptions options, TimeProvider clock)
{
    private const string Rejected = "iterable_key_rejected";
    private const string Unreachable = "iterable_unreachable";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline _persistence = Persistence.OfTrials(options, clock);

    /// <summary>Null when Iterable takes the key in this data center.</summary>
    public async Task<KeyRefusal?> TryAsync(DataCenter dataCenter, string apiKey, CancellationToken cancellationToken)
    {
        var fault = await AskAsync(dataCenter, apiKey, _persistence, cancellationToken);
        return fault?.Kind switch
        {
            null => null,
            FaultKind.Unauthorized => await RejectedAsync(dataCenter, apiKey, cancellationToken),
            FaultKind.Forbidden => new KeyRefusal(
                Rejected, $"Iterable {fault.What}: it knows this key but does not let it read lists. Make a server-side (Standard) key in Iterable under Integrations > API Keys, without restrictions that leave lists out."),
            FaultKind.RateLimited => new KeyRefusal(
                Unreachable, $"Iterable {fault.What}: too many calls are made in this project right now, so the key could not be tried. Try again in a minute."),
            FaultKind.Unavailable => new KeyRefusal(
                Unreachable, $"Iterable's {Name(dataCenter)} data center {fault.What}, so the key could not be tried. Check this machine's way to {options.UrlOf(dataCenter).Host} and https://status.iterable.com, then try again."),
            _ => new KeyRefusal(
                Unreachable, $"{options.UrlOf(dataCenter).Host} {fault.What}: that is not how Iterable answers, so the key could not be tried. Look for a proxy in between, and check {Setting(dataCenter)}."),
        };
    }

    private async Task<KeyRefusal> RejectedAsync(DataCenter dataCenter, string apiKey, CancellationToken cancellationToken)
    {
        var other = dataCenter == DataCenter.Us ? DataCenter.Eu : DataCenter.Us;
        var isOther = await AskAsync(other, apiKey, ResiliencePipeline.Empty, cancellationToken) is null;
        return new KeyRefusal(Rejected, isOther
            ? $"Iterable's {Name(dataCenter)} data center does not know this key, but the {Name(other)} one does: the project lives there. Set dataCenter to \"{Name(other).ToLowerInvariant()}\"{(other == DataCenter.Eu ? " and projectType to what the project is, \"hybrid\" or \"userId\"" : "")}."
            : $"Iterable's {Name(dataCenter)} data center does not know this key. Copy it again from Iterable under Integrations > API Keys: it must be a server-side (Standard) key of the project, and not a deleted one.");
    }

    private async Task<CallFault?> AskAsync(DataCenter dataCenter, string apiKey, ResiliencePipeline persistence, CancellationToken cancellationToken)
    {
        var calls = new IterableHttp(http.CreateClient(IterableHttp.ClientName), options.UrlOf(dataCenter), apiKey, clock);
        var request = new CallRequest { Operation = "try key", Method = HttpMethod.Get, Path = "api/lists", Timeout = options.TryTimeout < Patience ? options.TryTimeout : Patience };
        try
        {
            await persistence.ExecuteAsync(
                async token => await calls.SendAsync(
                    request,
                    async (response, limit) =>
                    {
                        using var document = await AnswerBody.ReadObjectAsync(response, limit.Token);
                        return ListsAnswer.Read(document.RootElement).Count;
                    },
                    token),
                cancellationToken);
            return null;
        }
        catch (CallFaultException e)
        {
            return e.Fault;
        }
    }

    private static string Name(DataCenter dataCenter) => dataCenter == DataCenter.Us ? "US" : "EU";

    private static string Setting(DataCenter dataCenter) => dataCenter == DataCenter.Us ? "MUSTER_ITERABLE_US_URL" : "MUSTER_ITERABLE_EU_URL";
}
