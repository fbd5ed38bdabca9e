using Muster.Cohorts.Compilation;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>Whose ids a query returns, and where it may stand.</summary>
public abstract class MembersSuite(CohortEngine engine)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    [Fact]
    public async Task Uploaded_SomeIdsExist_AreMembersUnderTheirCanonicalIds()
    {
        var project = await engine.AddAsync(new World(
            Now, "UTC", [new Person(1, 1, "one", null), new Person(2, 1, "two", null), new Person(3, 3, "three", null), new Person(4, 4, "", null)], []));
        var elsewhere = await engine.AddAsync(new World(Now, "UTC", [new Person(1, 1, "one", null)], []));
        await engine.UploadAsync(project.Offset, ["two", "two", "one", "", "stranger"]);
        await engine.UploadAsync(elsewhere.Offset, ["three"]);

        (await project.MembersAsync(project.Print(new MemberSource.Uploaded(project.Offset), []))).ShouldBe([1]);
        (await project.MembersAsync(project.Print(new MemberSource.Uploaded(elsewhere.Offset), []))).ShouldBe([3]);
        (await elsewhere.MembersAsync(elsewhere.Print(new MemberSource.Uploaded(elsewhere.Offset), []))).ShouldBe([]);
        // Within a definition, and its opposite.
        ReferencedCohort[] uploaded = [new(7, new MemberSource.Uploaded(project.Offset))];
        (await project.MembersAsync(project.Print(new MemberSource.Defined(Definitions.Read("""{"not":{"cohort":7}}""")), uploaded))).ShouldBe([3]);
    }

    [Fact]
    public async Task Print_AsPartOfAnotherStatement_HasTheSameMembers()
    {
        var project = await engine.AddAsync(new World(
            Now,
            "UTC",
            [new Person(1, 1, "one", "{\"a\":1}"), new Person(2, 2, "two", null), new Person(3, 2, "three", null)],
            [new Happening(3, "e", Now.UtcDateTime, "{}")]));
        var query = project.Print("""{"any":[{"profile":"a","isSet":false},{"cohort":7},{"all":[{"event":"e"},{"event":"e","count":{"lt":9}}]}]}""", """{"profile":"a","is":["1"]}""");

        (await project.MembersAsync(query with { Sql = $"SELECT user_id FROM ({query.Sql}) m" })).ShouldBe([1, 2]);
    }
}

public sealed class DuckDbMembersTests(DuckDbEngine engine) : MembersSuite(engine);

public sealed class ClickHouseMembersTests(ClickHouseEngine clickHouse) : MembersSuite(clickHouse)
{
    [Fact]
    public async Task Rows_ReplacedAndDeleted_CountByTheirLatestVersion()
    {
        var project = await clickHouse.AddAsync(new World(
            DateTimeOffset.UnixEpoch.AddYears(56),
            "UTC",
            [new Person(1, 1, "one", "{\"a\":1}"), new Person(2, 1, "two", null), new Person(3, 3, "three", "{\"a\":1}"), new Person(4, 4, "four", "{\"a\":1}")],
            [new Happening(2, "e", DateTime.UnixEpoch, "{}")]));
        (await project.MembersAsync("""{"profile":"a","is":[1]}""")).ShouldBe([1, 3, 4]);
        (await project.MembersAsync("""{"event":"e"}""")).ShouldBe([1]);

        await clickHouse.InsertAsync("profile",
        [
            new { project_id = project.Id, user_id = project.Offset + 1, properties = PropertyMap.Of("{\"a\":2}"), version = 2, is_deleted = 0 },
            new { project_id = project.Id, user_id = project.Offset + 3, properties = PropertyMap.Of("{}"), version = 2, is_deleted = 1 },
        ]);
        await clickHouse.InsertAsync("alias", [new { project_id = project.Id, user_id = project.Offset + 2, canonical_id = project.Offset + 4, version = 2, is_deleted = 0 }]);
        await clickHouse.InsertAsync("identity", [new { project_id = project.Id, user_id = project.Offset + 3, distinct_id = "three", version = 2, is_deleted = 1 }]);

        (await project.MembersAsync("""{"profile":"a","is":[1]}""")).ShouldBe([4]);
        (await project.MembersAsync("""{"event":"e"}""")).ShouldBe([4]);
        (await project.MembersAsync("""{"not":{"event":"f"}}""")).ShouldBe([1, 4]);
    }
}
