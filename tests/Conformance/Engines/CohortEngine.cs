using System.Text.Json;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Engines;

/// <summary>An engine that cohorts are asked of, with its printer. One is shared by all tests: each world is a project of its own.</summary>
public abstract class CohortEngine : IAsyncLifetime
{
    // More than a world has people or event names.
    private const int IdsOfAProject = 100;

    private int _projects;

    /// <summary>What the engine lacks on this machine; null: nothing.</summary>
    protected abstract string? Missing { get; }

    internal static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Prints a cohort in the engine's dialect.</summary>
    internal abstract MemberQuery Print(CohortPlan plan, ProjectCalendar calendar);

    /// <summary>Skips the test, by name, where the engine is missing; fails it when a full run was asked for.</summary>
    internal void Require()
    {
        if (Missing is { } missing)
        {
            Assert.False(Environment.GetEnvironmentVariable("MUSTER_TESTS_REQUIRE_ALL") == "1", missing);
            Assert.Skip(missing);
        }
    }

    /// <summary>Writes a world as a project of its own.</summary>
    internal async Task<Project> AddAsync(World world)
    {
        Require();
        var id = Interlocked.Increment(ref _projects);
        await WriteAsync(world, id, id * IdsOfAProject);
        return new Project(this, world, id, id * IdsOfAProject);
    }

    /// <summary>Keeps the ids of an uploaded cohort.</summary>
    internal abstract Task UploadAsync(int cohortId, IReadOnlyList<string> distinctIds);

    /// <summary>What a query returns.</summary>
    internal abstract Task<IReadOnlyList<int>> RunAsync(MemberQuery query);

    /// <summary>How often the engine reads events for a query, by its own plan.</summary>
    internal abstract Task<int> EventReadsAsync(MemberQuery query);

    private protected abstract Task WriteAsync(World world, int projectId, int offset);
}

/// <summary>A world in an engine.</summary>
internal sealed record Project(CohortEngine Engine, World World, int Id, int Offset)
{
    public MemberQuery Print(string definition, string? seventh = null) => Print(
        new MemberSource.Defined(Definitions.Read(definition)),
        seventh is null ? [] : [new ReferencedCohort(7, new MemberSource.Defined(Definitions.Read(seventh)))]);

    public MemberQuery Print(MemberSource source, IReadOnlyList<ReferencedCohort> references) => Engine.Print(
        new CohortPlan(Id, source, references), new ProjectCalendar(World.Now, TimeZoneInfo.FindSystemTimeZoneById(World.Zone)));

    /// <summary>The members of a definition, which may refer to a seventh cohort, as the ids of the world.</summary>
    public Task<IReadOnlyList<int>> MembersAsync(string definition, string? seventh = null) => MembersAsync(Print(definition, seventh));

    public async Task<IReadOnlyList<int>> MembersAsync(MemberQuery query) => [.. (await Engine.RunAsync(query)).Select(id => id - Offset).Order()];
}

/// <summary>Definitions as they stand in tests.</summary>
internal static class Definitions
{
    public static Condition Read(string definition)
    {
        var read = DefinitionReader.Read(Json(definition));
        read.Faults.ShouldBeEmpty(definition);
        return read.Condition!;
    }

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
