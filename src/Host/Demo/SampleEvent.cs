using System.Globalization;

namespace Muster.Host.Demo;

/// <summary>Something one of the sample's people did.</summary>
internal sealed record SampleEvent
{
    private const long Seed = 19_991_231;
    private const double MinutesADay = 24 * 60;
    private static readonly TimeSpan LongestVisit = TimeSpan.FromMinutes(10);

    private static readonly string[] Systems = ["iOS", "iOS", "Android", "Android", "Web"];
    private static readonly string[] Sources = ["Organic", "Organic", "Search", "Friend", "Newsletter", "Podcast"];

    private static readonly (string Product, string Category, double Price)[] Catalogue =
    [
        ("Trail Runner", "Shoes", 119), ("City Sneaker", "Shoes", 89), ("Rain Jacket", "Outerwear", 149), ("Down Vest", "Outerwear", 99),
        ("Merino Shirt", "Tops", 59), ("Linen Shirt", "Tops", 49), ("Hiking Trousers", "Bottoms", 79), ("Wool Socks", "Accessories", 15),
        ("Day Pack", "Accessories", 69), ("Water Bottle", "Accessories", 24), ("Head Torch", "Gear", 39), ("Two-person Tent", "Gear", 299),
    ];

    /// <summary>What.</summary>
    public required string Name { get; init; }

    /// <summary>Who.</summary>
    public required string DistinctId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The same for the same event however often it is made, so that loading again changes nothing.</summary>
    public required string InsertId { get; init; }

    /// <summary>Its other properties.</summary>
    public IReadOnlyList<(string Key, object Value)> Properties { get; init; } = [];

    /// <summary>What all of them did after <paramref name="from"/> and until <paramref name="until"/>, a day after the other.</summary>
    public static IEnumerable<SampleEvent> Between(IReadOnlyList<SamplePerson> people, DateTimeOffset from, DateTimeOffset until)
    {
        var lastDay = DayOf(until);
        // A visit that began before midnight may still go on after it.
        for (var day = DayOf(from - LongestVisit); day <= lastDay; day++)
        {
            foreach (var person in people)
            {
                foreach (var done in OfDay(person, day))
                {
                    if (done.Time > from && done.Time <= until)
                    {
                        yield return done;
                    }
                }
            }
        }
    }

    private static int DayOf(DateTimeOffset time) => (int)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);

    private static IEnumerable<SampleEvent> OfDay(SamplePerson person, int day)
    {
        var midnight = DateTimeOffset.UnixEpoch.AddDays(day);
        var signUpDay = DayOf(person.SignedUpAt);
        var dice = new Dice(Seed, person.Index, day);
        if (day == signUpDay)
        {
            yield return Make(person, "Signed Up", person.SignedUpAt, day, 0, ("source", dice.Of(Sources)), ("plan", person.Plan));
        }

        var weekend = midnight.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.25 : 0.9;
        var opens = dice.Times(person.OpensADay * weekend);
        for (var i = 0; i < opens; i++)
        {
            // Two throws make midday and evening likelier than the night.
            var time = midnight.AddMinutes((0.15 + (0.85 * (dice.Share() + dice.Share()) / 2)) * MinutesADay);
            if (time < person.SignedUpAt)
            {
                continue;
            }

            yield return Make(person, "Opened App", time, day, (10 * i) + 1, ("$os", dice.Of(Systems)));
            if (dice.Share() < 0.5)
            {
                var (product, category, price) = dice.Of(Catalogue);
                yield return Make(person, "Viewed Product", time.AddMinutes(2), day, (10 * i) + 2, ("product", product), ("category", category), ("price", price));
                if (dice.Share() < 0.12)
                {
                    yield return Make(person, "Purchase", time.AddMinutes(6), day, (10 * i) + 3, ("product", product), ("category", category), ("amount", price), ("currency", "EUR"));
                }
            }
        }
    }

    private static SampleEvent Make(SamplePerson person, string name, DateTimeOffset time, int day, int number, params (string, object)[] properties) => new()
    {
        Name = name,
        DistinctId = person.Id,
        Time = time,
        InsertId = string.Create(CultureInfo.InvariantCulture, $"demo-{person.Index:x}-{day:x}-{number:x}"),
        Properties = properties,
    };
}
