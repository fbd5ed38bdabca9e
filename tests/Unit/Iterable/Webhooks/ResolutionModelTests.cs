using CsCheck;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Webhooks;

/// <summary>Whose an event is, against a plain reading of the rule.</summary>
public sealed class ResolutionModelTests
{
    private static readonly string?[] Ids = [null, "u1", "u2", "u3"];
    private static readonly string?[] Emails = [null, "a@x.example", "b@x.example"];

    private static readonly Gen<Step> Steps = Gen.OneOf(
        Gen.Select(OneOf("u1", "u2", "d1", "d2"), OneOf(Ids), OneOf(Emails), (id, iterable, email) => (Step)new Step.Profile(id, iterable, email)),
        Gen.Select(OneOf(Ids), OneOf(Emails), Gen.Int[1, 6], (userId, email, message) => (Step)new Step.Event(userId, email, message)));

    [Fact]
    public async Task Events_ProfilesAndRepetitionsInAnyOrder_AreOfWhomTheRuleSays()
    {
        await using var world = await WebhookWorld.StartAsync(TestContext.Current.CancellationToken);
        var round = 0;
        await Steps.Array[1, 14].SampleAsync(
            async steps =>
            {
                // One world for all rounds: what belongs to a round has its number in every id.
                var model = new Model(++round);
                foreach (var step in steps)
                {
                    await model.DoAsync(step, world);
                }

                world.Events().Where(e => e.Contains($"r{model.Round}-", StringComparison.Ordinal)).Select(e => e.Split(" of ")[1]).Order()
                    .ShouldBe(model.Expected().Order());
            },
            iter: 60, threads: 1);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private abstract record Step
    {
        public sealed record Profile(string Id, string? IterableUserId, string? Email) : Step;

        public sealed record Event(string? UserId, string? Email, int Message) : Step;
    }

    private sealed class Model(int round)
    {
        private readonly List<(string Id, string? IterableUserId, string? Email)> _profiles = [];
        private readonly List<(string? UserId, string? Email, string? Person)> _events = [];
        private readonly HashSet<Step> _seen = [];

        // Ids in the order in which they were first known; of several that fit the oldest has the event.
        private readonly List<string> _ages = [];

        public int Round => round;

        public async Task DoAsync(Step step, WebhookWorld world)
        {
            switch (step)
            {
                case Step.Profile profile:
                    var (id, iterable, email) = (Own(profile.Id)!, Own(profile.IterableUserId), Own(profile.Email));
                    await world.SetAsync(id, email, iterable);
                    var at = _profiles.FindIndex(p => p.Id == id);
                    if (at < 0)
                    {
                        _profiles.Add((id, iterable, email));
                    }
                    else
                    {
                        _profiles[at] = (id, iterable ?? _profiles[at].IterableUserId, email ?? _profiles[at].Email);
                    }

                    Know(id);

                    // Only who was not known is looked for again, and only this profile can be news.
                    var recognised = _events.ConvertAll(e => e.Person ?? Recognised(e, id));
                    for (var i = 0; i < _events.Count; i++)
                    {
                        if (_events[i].Person is null && recognised[i] is not null && _profiles.All(p => p.Id != (_events[i].UserId ?? _events[i].Email)))
                        {
                            _ages.Remove((_events[i].UserId ?? _events[i].Email)!);
                        }

                        _events[i] = _events[i] with { Person = recognised[i] };
                    }

                    break;
                case Step.Event sent when sent.UserId is not null || sent.Email is not null:
                    var isNew = _seen.Add(sent);
                    var body = Payloads.Event("emailSend", Own(sent.Email), Own(sent.UserId), message: sent.Message);
                    (await world.TakeAsync(body)).Stored.ShouldBe(isNew ? 1 : 0);
                    if (isNew)
                    {
                        var person = Find(Own(sent.UserId), Own(sent.Email));
                        Know(person ?? Own(sent.UserId ?? sent.Email)!);
                        _events.Add((Own(sent.UserId), Own(sent.Email), person));
                    }

                    break;
            }
        }

        public IEnumerable<string> Expected() => _events.Select(e => e.Person ?? e.UserId ?? e.Email!);

        private void Know(string id)
        {
            if (!_ages.Contains(id))
            {
                _ages.Add(id);
            }
        }

        private string? Own(string? id) => id is null ? null : $"r{round}-{id}";

        private string? Find(string? userId, string? email)
        {
            string? By(Func<(string Id, string? IterableUserId, string? Email), bool> test) =>
                _profiles.OrderBy(p => _ages.IndexOf(p.Id)).FirstOrDefault(test).Id;
            return (userId is null ? null : By(p => p.IterableUserId == userId) ?? By(p => p.Id == userId))
                ?? (email is null ? null : By(p => p.Email == email) ?? By(p => p.Id == email));
        }

        // A stranger is recognised by anything any of their events named.
        private string? Recognised((string? UserId, string? Email, string? Person) one, string id)
        {
            var own = one.UserId ?? one.Email;
            var profile = _profiles.Single(p => p.Id == id);
            return _events.Where(e => e.Person is null && (e.UserId ?? e.Email) == own).Any(e =>
                (e.UserId is not null && (e.UserId == profile.IterableUserId || e.UserId == id))
                || (e.Email is not null && (e.Email == profile.Email || e.Email == id)))
                ? id
                : null;
        }
    }
}
