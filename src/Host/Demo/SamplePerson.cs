using System.Globalization;

namespace Muster.Host.Demo;

/// <summary>One of the sample's people.</summary>
internal sealed record SamplePerson
{
    /// <summary>How many there are.</summary>
    public const int Count = 10_000;

    /// <summary>How many days of events there are.</summary>
    public const int Days = 91;

    private const long Seed = 20_240_229;

    private static readonly string[] Domains = ["example.com", "example.org", "example.net", "mail.example", "post.example"];
    private static readonly string[] Plans = ["Free", "Free", "Free", "Free", "Plus", "Plus", "Pro"];

    /// <summary>The number among the people.</summary>
    public required int Index { get; init; }

    /// <summary>The distinct id.</summary>
    public required string Id { get; init; }

    /// <summary>The first name.</summary>
    public required string FirstName { get; init; }

    /// <summary>The last name.</summary>
    public required string LastName { get; init; }

    /// <summary>The address; a few have none, or one that is none, so that runs have something to skip.</summary>
    public required string? Email { get; init; }

    /// <summary>The country's code.</summary>
    public required string Country { get; init; }

    /// <summary>The city.</summary>
    public required string City { get; init; }

    /// <summary>Free, Plus or Pro.</summary>
    public required string Plan { get; init; }

    /// <summary>When they signed up.</summary>
    public required DateTimeOffset SignedUpAt { get; init; }

    /// <summary>How often they open the app on an average day.</summary>
    public required double OpensADay { get; init; }

    /// <summary>Everyone, as they are when the demo is first started at <paramref name="anchor"/>.</summary>
    public static IReadOnlyList<SamplePerson> Everyone(DateTimeOffset anchor) =>
        [.. Enumerable.Range(0, Count).Select(i => Make(i, $"user-{(100_000 + i).ToString(CultureInfo.InvariantCulture)}", SignUp(i, anchor)))];

    /// <summary>Someone who signs up while the demo runs.</summary>
    public static SamplePerson Newcomer(DateTimeOffset now)
    {
        var number = now.ToUnixTimeMilliseconds();
        return Make((int)(number % int.MaxValue), $"user-{number.ToString(CultureInfo.InvariantCulture)}", now);
    }

    private static SamplePerson Make(int index, string id, DateTimeOffset signedUpAt)
    {
        var dice = new Dice(Seed, 1, index);
        var home = Homeland.Of(dice.Share());
        var (first, last) = (dice.Of(home.FirstNames), dice.Of(home.LastNames));
        return new SamplePerson
        {
            Index = index,
            Id = id,
            FirstName = first,
            LastName = last,
            Email = Address(ref dice, index, first, last),
            Country = home.Country,
            City = dice.Of(home.Cities),
            Plan = dice.Of(Plans),
            SignedUpAt = signedUpAt,
            OpensADay = Eagerness(dice.Share()) * (0.5 + dice.Share()),
        };
    }

    private static string? Address(ref Dice dice, int index, string first, string last)
    {
        var share = dice.Share();
        var domain = dice.Of(Domains);
        return share < 0.02 ? null
            : share < 0.022 ? $"{Homeland.ForAddress(first)} at {domain}"
            : string.Create(CultureInfo.InvariantCulture, $"{Homeland.ForAddress(first)}.{Homeland.ForAddress(last)}{index}@{domain}");
    }

    // Most look in now and then, some are regulars, and a few are there every day.
    private static double Eagerness(double share) => share < 0.6 ? 0.04 : share < 0.88 ? 0.16 : 0.85;

    // A third joined within the time that has events, the others in the two years before.
    private static DateTimeOffset SignUp(int index, DateTimeOffset anchor)
    {
        var dice = new Dice(Seed, 2, index);
        var daysAgo = dice.Share() < 0.35 ? dice.Share() * (Days - 1) : Days + (dice.Share() * 640);
        return anchor - TimeSpan.FromDays(daysAgo);
    }
}
