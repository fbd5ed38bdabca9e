using Microsoft.Extensions.Logging;
using Muster.Iterable.Pacing;
using Polly;
using Polly.Retry;

namespace Muster.Iterable.Calls;

/// <summary>How often a call is tried and how long is waited in between.</summary>
internal static class Persistence
{
    public const int Tries = 5;

    private const int TriesForYoungLists = 6;

    /// <summary>The way of the calls of a run: the tries of a call, and around them the patience with a list just made.</summary>
    public static ResiliencePipeline OfRuns(ConnectionLane lane, IterableOptions options, TimeProvider clock, ILogger logger) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = Faults(fault => fault is { Kind: FaultKind.ListGone, ListId: { } id } && lane.IsYoung(id)),
                MaxRetryAttempts = TriesForYoungLists - 1,
                DelayGenerator = args => Delay(options.RetryBaseDelay / 8, args.AttemptNumber, atLeast: null),
            })
            .AddRetry(Transient(Tries, options.RetryBaseDelay, fault => fault.RetryAfter, args =>
            {
                Log.Retrying(logger, lane.ConnectionId, args.AttemptNumber + 2, FaultOf(args.Outcome).Kind, args.RetryDelay);
                return default;
            }))
            .Build();

    /// <summary>The way of a call that a person waits for: once more after a moment, whatever was asked for.</summary>
    public static ResiliencePipeline OfTrials(IterableOptions options, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(Transient(tries: 2, options.RetryBaseDelay / 4, atLeast: _ => null, onRetry: null))
            .Build();

    private static RetryStrategyOptions Transient(
        int tries, TimeSpan baseDelay, Func<CallFault, TimeSpan?> atLeast, Func<OnRetryArguments<object>, ValueTask>? onRetry) => new()
        {
            ShouldHandle = Faults(fault => fault.IsTransient),
            MaxRetryAttempts = tries - 1,
            DelayGenerator = args => Delay(baseDelay, args.AttemptNumber, atLeast(FaultOf(args.Outcome))),
            OnRetry = onRetry,
        };

    private static PredicateBuilder<object> Faults(Func<CallFault, bool> which) => new PredicateBuilder().Handle<CallFaultException>(e => which(e.Fault));

    private static CallFault FaultOf(Outcome<object> outcome) => ((CallFaultException)outcome.Exception!).Fault;

    // Doubled each time, give or take a fifth so that the calls of an outage do not all come back together; never less
    // than was asked for.
    private static ValueTask<TimeSpan?> Delay(TimeSpan baseDelay, int attempt, TimeSpan? atLeast)
    {
        var delay = baseDelay * (Math.Pow(2, attempt) * (0.8 + (0.4 * Random.Shared.NextDouble())));
        return ValueTask.FromResult<TimeSpan?>(atLeast > delay ? atLeast : delay);
    }
}
