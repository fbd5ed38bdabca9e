using CsCheck;
using Muster.Sandbox;
using Muster.Tests.Unit.Sandbox.Audience;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Journal;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-journal").FullName;

    private enum Act
    {
        Add,
        Remove,
        RemoveWithChannel,
        Forget,
        Unforget,
        Delete,
    }

    [Fact]
    public void Open_AfterAnyChangesAndAnUncleanEnd_FindsTheSameAudience()
    {
        var step = Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 4], Gen.Int[0, 4]);
        step.Array[0, 60].Sample(
            steps =>
            {
                var path = Path.Combine(_folder, Path.GetRandomFileName());
                using var before = new TestAudience(SandboxProjectType.Hybrid, path);
                foreach (var (act, email, user) in steps)
                {
                    Do(before, act, email == 4 ? null : $"p{email}@example.com", user == 4 ? null : $"u{user}");
                }

                // A kill in the middle of a write leaves half a line behind.
                var copy = path + ".killed";
                File.Copy(path, copy);
                File.AppendAllText(copy, "[\"joined\",10648");
                using var after = new TestAudience(SandboxProjectType.Hybrid, copy);
                return before.Members().SequenceEqual(after.Members())
                    && before.Store.Users.Count == after.Store.Users.Count
                    && before.Store.ForgottenEmails.SetEquals(after.Store.ForgottenEmails)
                    && before.Store.ForgottenUserIds.SetEquals(after.Store.ForgottenUserIds)
                    && before.Store.Users.Count(user => user.ChannelUnsubscribed) == after.Store.Users.Count(user => user.ChannelUnsubscribed)
                    && EveryIdentifierFindsItsUser(after);
            },
            iter: 200);
    }

    [Fact]
    public void Open_AfterADeletedList_GivesItsIdToNobody()
    {
        var path = Path.Combine(_folder, "lists");
        long deleted;
        using (var first = new TestAudience(SandboxProjectType.Email, path))
        {
            deleted = first.Store.CreateList("gone", null).Id;
            first.Store.DeleteList(deleted);
            first.Store.Commit();
        }

        using (var second = new TestAudience(SandboxProjectType.Email, path))
        {
            second.Store.Commit();
        }

        using var third = new TestAudience(SandboxProjectType.Email, path);
        third.Store.CreateList("new", null).Id.ShouldBeGreaterThan(deleted);
    }

    [Fact]
    public void Open_FileOfAnotherProjectType_IsRefused()
    {
        var path = Path.Combine(_folder, "type");
        new TestAudience(SandboxProjectType.Email, path).Dispose();

        Should.Throw<InvalidDataException>(() => new TestAudience(SandboxProjectType.Hybrid, path)).Message.ShouldContain(path);
    }

    [Fact]
    public void Open_FileDamagedInTheMiddle_IsRefusedAndKept()
    {
        var path = Path.Combine(_folder, "damaged");
        using (var audience = new TestAudience(SandboxProjectType.Email, path))
        {
            audience.Add("ann@example.com");
        }

        var lines = File.ReadAllLines(path);
        lines[1] = "[\"li";
        File.WriteAllLines(path, lines);

        Should.Throw<InvalidDataException>(() => new TestAudience(SandboxProjectType.Email, path));
        File.ReadAllLines(path).ShouldBe(lines);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Do(TestAudience audience, Act act, string? email, string? userId)
    {
        switch (act)
        {
            case Act.Add:
                audience.Add(email, userId);
                break;
            case Act.Remove or Act.RemoveWithChannel:
                audience.Remove(email, userId, act == Act.RemoveWithChannel);
                break;
            case Act.Forget:
                audience.Profiles.Forget(email, userId);
                break;
            case Act.Unforget:
                audience.Profiles.Unforget(email, userId);
                break;
            default:
                audience.Profiles.Delete(isEmail: true, email ?? string.Empty);
                break;
        }
    }

    private static bool EveryIdentifierFindsItsUser(TestAudience audience) => audience.Store.Users.All(user =>
        (user.Email is null || audience.Store.ByEmail.All(user.Email).Single() == user)
        && (user.UserId is null || audience.Store.ByUserId.All(user.UserId).Single() == user));
}
