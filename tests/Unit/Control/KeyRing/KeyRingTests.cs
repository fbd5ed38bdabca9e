using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Control.Forwarding;
using Muster.Control.KeyRing;
using Muster.Control.Notifications;
using Muster.Control.People;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Control.KeyRing;

/// <summary>The key ring, the master key it may be encrypted with, and its rotation.</summary>
public sealed class KeyRingTests : IDisposable
{
    private const string MasterKeyText = "the-master-key-of-this-test-1234567890";
    private const string OtherText = "another-master-key-of-this-test-12345";
    private const string Secret = "a-secret-that-is-looked-for";

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-keys-").FullName;

    [Fact]
    public void MasterKey_WhatItSealed_OpensWithItAlone()
    {
        var (key, plain) = (new MasterKey(MasterKeyText), XElement.Parse("<masterKey><value>äöü</value></masterKey>"));

        var (first, second) = (key.Seal(plain), key.Seal(plain));

        first.ToString().ShouldNotContain("value");
        first.Value.ShouldNotBe(second.Value);
        XNode.DeepEquals(key.Open(first), plain).ShouldBeTrue();
        new MasterKey(OtherText).Open(first).ShouldBeNull();
    }

    [Fact]
    public void MasterKey_AnyBitChanged_OpensNothing()
    {
        var key = new MasterKey(MasterKeyText);
        var bytes = Convert.FromBase64String(key.Seal(new XElement("a", "b")).Value);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            key.Open(new XElement("sealedByMasterKey", Convert.ToBase64String(changed))).ShouldBeNull();
        }

        foreach (var nonsense in new[] { "", "AAAA", "no base64" })
        {
            key.Open(new XElement("sealedByMasterKey", nonsense)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task FirstStart_WithMasterKey_WritesNoKeyAsItIs()
    {
        await using (var services = Services(MasterKeyText))
        {
            services.GetRequiredService<Secrets>().Protect(Secret);
        }

        var file = Directory.GetFiles(KeyRingFolder.PathIn(_folder)).ShouldHaveSingleItem();
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        text.ShouldContain("sealedByMasterKey");
        text.ShouldNotContain("<value>");
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(MasterKeyText, MasterKeyText, null)]
    [InlineData(MasterKeyText, null, "MUSTER_MASTER_KEY is not set")]
    [InlineData(MasterKeyText, OtherText, "MUSTER_MASTER_KEY is not the one")]
    [InlineData(null, MasterKeyText, "MUSTER_MASTER_KEY is set, and there are keys")]
    public async Task Start_WithAMasterKey_FitsTheRingOrSaysWhyNot(string? before, string? now, string? reason)
    {
        await using (var services = Services(before))
        {
            services.GetRequiredService<Secrets>().Protect(Secret);
        }

        await using var later = Services(now);
        if (reason is null)
        {
            later.EnsureKeyRingFits();
        }
        else
        {
            Should.Throw<KeyRingException>(later.EnsureKeyRingFits).Message.ShouldStartWith(reason);
        }

        Directory.GetFiles(KeyRingFolder.PathIn(_folder)).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, MasterKeyText)]
    [InlineData(MasterKeyText, MasterKeyText)]
    [InlineData(MasterKeyText, OtherText)]
    [InlineData(MasterKeyText, null)]
    public async Task Rotate_MasterKeySetChangedOrRemoved_MovesEverySecretToOneNewKey(string? before, string? now)
    {
        var known = await PlantAsync(before);
        var formerKey = Directory.GetFiles(KeyRingFolder.PathIn(_folder)).ShouldHaveSingleItem();

        var rotated = await SecretRotation.RunAsync(Options(now), before, TimeProvider.System, TestContext.Current.CancellationToken);

        rotated.ShouldBe(new RotatedSecrets(5, 1, 1));
        Directory.GetFiles(KeyRingFolder.PathIn(_folder)).ShouldHaveSingleItem().ShouldNotBe(formerKey);
        await using var services = Services(now);
        services.EnsureKeyRingFits();
        var after = await StoredAsync(services);
        after.Keys.ShouldBe(known.Keys);
        foreach (var (place, stored) in after)
        {
            stored.ShouldNotBe(known[place]);
            services.GetRequiredService<Secrets>().Unprotect(stored).ShouldBe(Secret, place);
        }

        await using var db = await DbAsync(services);
        (await db.Sessions.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        (await db.Audit.SingleAsync(TestContext.Current.CancellationToken)).Action.ShouldBe("secrets.rotated");
    }

    [Fact]
    public async Task Rotate_MasterKeyUnknown_ChangesNothing()
    {
        var known = await PlantAsync(MasterKeyText);
        var key = Directory.GetFiles(KeyRingFolder.PathIn(_folder)).ShouldHaveSingleItem();

        var refusal = await Should.ThrowAsync<KeyRingException>(
            () => SecretRotation.RunAsync(Options(OtherText), null, TimeProvider.System, TestContext.Current.CancellationToken));

        refusal.Message.ShouldContain("MUSTER_OLD_MASTER_KEY");
        Directory.GetFiles(KeyRingFolder.PathIn(_folder)).ShouldBe([key]);
        await using var services = Services(MasterKeyText);
        (await StoredAsync(services)).ShouldBe(known);
    }

    [Fact]
    public async Task Rotate_KilledAfterTheNewKeyWasMade_FinishesTheNextTime()
    {
        await PlantAsync(MasterKeyText);
        await using (var killed = Services(OtherText, MasterKeyText))
        {
            var now = TimeProvider.System.GetUtcNow();
            killed.GetRequiredService<Microsoft.AspNetCore.DataProtection.KeyManagement.IKeyManager>().CreateNewKey(now, now.AddDays(1));
        }

        await using (var between = Services(MasterKeyText))
        {
            Should.Throw<KeyRingException>(between.EnsureKeyRingFits);
        }

        (await SecretRotation.RunAsync(Options(OtherText), MasterKeyText, TimeProvider.System, TestContext.Current.CancellationToken)).Keys.ShouldBe(2);
        await using var services = Services(OtherText);
        services.EnsureKeyRingFits();
        (await StoredAsync(services)).Values.ShouldAllBe(s => services.GetRequiredService<Secrets>().Unprotect(s) == Secret);
    }

    [Fact]
    public async Task Rotate_FolderWithoutData_SaysSo() =>
        (await Should.ThrowAsync<KeyRingException>(() => SecretRotation.RunAsync(Options(null), null, TimeProvider.System, TestContext.Current.CancellationToken)))
            .Message.ShouldStartWith("There is nothing to rotate");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private ControlOptions Options(string? masterKey) => new() { DataDir = _folder, MasterKey = masterKey };

    private ServiceProvider Services(string? masterKey, string? former = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddControl(Options(masterKey));
        return (former is null ? services : services.AddSingleton(MasterKeys.Of(masterKey, former))).BuildServiceProvider();
    }

    private static Task<ControlDb> DbAsync(IServiceProvider services) =>
        services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync();

    // One of each thing that keeps a secret, and one whose secret was lost before.
    private async Task<SortedDictionary<string, string>> PlantAsync(string? masterKey)
    {
        await using var services = Services(masterKey);
        await services.MigrateControlAsync(TestContext.Current.CancellationToken);
        var (secrets, now) = (services.GetRequiredService<Secrets>(), TimeProvider.System.GetUtcNow());
        await using var db = await DbAsync(services);
        db.AddRange(
            NewConnection(secrets.Protect(Secret), secrets.Protect(Secret)),
            NewConnection(null, new EphemeralDataProtectionProvider().CreateProtector("lost").Protect(Secret)),
            new NotificationSettings { ProjectId = 1, ProtectedWebhookUrl = secrets.Protect(Secret), UpdatedAt = now, UpdatedBy = "test" },
            new ForwardingSettings
            {
                ConnectionId = 1,
                ProjectId = 1,
                Enabled = true,
                MixpanelProjectId = 1,
                DataResidency = DataResidency.Us,
                ServiceAccount = "x",
                ProtectedSecret = secrets.Protect(Secret),
                UpdatedAt = now,
                UpdatedBy = "test",
            },
            new Person { Email = "ada@example.com", ProtectedTotpKey = secrets.Protect(Secret), CreatedAt = now },
            new Session { PersonId = 1, Hash = "x", CreatedAt = now, LastSeenAt = now, Browser = "" });
        await db.SaveChangesAsync();
        return await StoredAsync(services);

        Connection NewConnection(string? key, string authorization) => new()
        {
            ProjectId = 1,
            Name = "Iterable",
            Status = ConnectionStatus.Connected,
            DataCenter = DataCenter.Us,
            ProjectType = ProjectType.Email,
            UserIdFallback = UserIdFallback.None,
            ProtectedApiKey = key,
            ApiKeyHint = "test",
            ProtectedWebhookAuthorization = authorization,
            CreatedAt = now,
            CreatedBy = "test",
        };
    }

    // Whatever column there is whose name says that it is encrypted: a new one is found here until it is rotated too.
    private static async Task<SortedDictionary<string, string>> StoredAsync(IServiceProvider services)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var db = await DbAsync(services);
        foreach (var property in db.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).Where(p => p.Name.StartsWith("Protected", StringComparison.Ordinal)))
        {
            var table = property.DeclaringType.GetTableName();
#pragma warning disable EF1002 // The names are those of the model.
            var values = await db.Database
                .SqlQueryRaw<string>($"SELECT \"{property.Name}\" AS \"Value\" FROM \"{table}\" WHERE \"{property.Name}\" IS NOT NULL ORDER BY rowid").ToListAsync();
#pragma warning restore EF1002
            found[$"{table}.{property.Name}"] = values.First();
        }

        return found;
    }
}
