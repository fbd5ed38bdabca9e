using Muster.Control;
using Muster.Identity.Merging;
using Muster.Warehouse.Identities;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Identity;

public sealed class IdentityReadingTests
{
    private const string Anon = "5f0c1e4e-0b5a-4c3e-9d2a-1b2c3d4e5f60";

    [Theory]
    [InlineData("sent", "U", "D", "U", "$device:D>U", null)]
    [InlineData("sent", "U", null, "U", null, null)]
    [InlineData("sent", null, "D", "$device:D", null, null)]
    [InlineData(null, null, "+65", "$device:+65", null, null)]
    [InlineData("$device:D", null, null, "$device:D", null, "$device_id=D")]
    [InlineData("U", null, null, "U", null, "$user_id=U")]
    [InlineData("", null, null, "", null, null)]
    [InlineData(null, null, null, "hash", null, null)]
    [InlineData("U", "", "", "U", null, "$user_id=U")]
    public void Of_Simplified_FollowsTheTable(string? sent, string? user, string? device, string id, string? claim, string? derived)
    {
        var read = IdentityReading.Of(
            new SentIdentity { Event = "did", DistinctId = sent, UserId = user, DeviceId = device }, IdMerge.Simplified, "hash", authenticated: true);

        read.DistinctId.ShouldBe(id);
        (read.Claim is IdentityClaim.Device(var d, var u) ? $"{d}>{u}" : null).ShouldBe(claim);
        (read.Derived is { } added ? $"{added.Key}={added.Value}" : null).ShouldBe(derived);
    }

    [Theory]
    [InlineData("$identify")]
    [InlineData("$create_alias")]
    [InlineData("$merge")]
    public void Of_SimplifiedAndAnEventOfTheOtherSystem_ClaimsNothing(string name) =>
        IdentityReading.Of(
            new SentIdentity { Event = name, DistinctId = "a", IdentifiedId = "a", AnonymousId = Anon, Alias = "b", DistinctIds = ("a", "b") },
            IdMerge.Simplified, "", authenticated: true).Claim.ShouldBeNull();

    [Fact]
    public void Of_OriginalAndTheBrowsersIdentify_IsTheDocumentedOne()
    {
        var read = IdentityReading.Of(
            new SentIdentity { Event = "$identify", DistinctId = "ann", UserId = "ann", DeviceId = Anon, AnonymousId = $"$device:{Anon}" },
            IdMerge.Original, "", authenticated: false);

        read.ShouldBe(new IdentityReading("ann", new IdentityClaim.Identify("ann", Anon), null));
    }

    [Fact]
    public void Of_OriginalAndTheDocumentedForms_NameWhoseTheyAre()
    {
        Read(new SentIdentity { Event = "$identify", IdentifiedId = "ann", AnonymousId = Anon })
            .ShouldBe(new IdentityReading("ann", new IdentityClaim.Identify("ann", Anon), null));
        Read(new SentIdentity { Event = "$create_alias", DistinctId = "ann", Alias = "a" })
            .ShouldBe(new IdentityReading("ann", new IdentityClaim.Alias("ann", "a"), null));
        Read(new SentIdentity { Event = "$merge", DistinctIds = ("a", "$device:b") })
            .ShouldBe(new IdentityReading("a", new IdentityClaim.Merge("a", "b"), null));

        static IdentityReading Read(SentIdentity sent) => IdentityReading.Of(sent, IdMerge.Original, "", authenticated: true);
    }

    [Fact]
    public void Of_OriginalMergeWithoutCredentials_ClaimsNothing() =>
        IdentityReading.Of(new SentIdentity { Event = "$merge", DistinctIds = ("a", "b") }, IdMerge.Original, "", authenticated: false).Claim.ShouldBeNull();

    [Fact]
    public void Of_OriginalDevice_IsTheSameIdWithAndWithoutItsPrefix()
    {
        IdentityReading.Of(new SentIdentity { Event = "did", DistinctId = "$device:x" }, IdMerge.Original, "", authenticated: false).DistinctId.ShouldBe("x");
        IdentityReading.Of(new SentIdentity { Event = "did", DeviceId = "x" }, IdMerge.Original, "", authenticated: false).DistinctId.ShouldBe("x");
        IdentityReading.Stored("$device:x", IdMerge.Simplified).ShouldBe("$device:x");
    }
}
