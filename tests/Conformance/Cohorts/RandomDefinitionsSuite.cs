using System.Text.Json;
using CsCheck;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>Random definitions on random projects have the members that the plain evaluator says.</summary>
public abstract class RandomDefinitionsSuite(CohortEngine engine)
{
    private const int Worlds = 150;

    private const int DefinitionsOfAWorld = 8;

    [Fact]
    public async Task Print_RandomDefinitionsOnRandomProjects_SameMembersAsOracle()
    {
        await RandomWorlds.Batches(DefinitionsOfAWorld).SampleAsync(
            async batch =>
            {
                var project = await engine.AddAsync(batch.World);
                foreach (var definition in batch.Definitions)
                {
                    var oracle = new Oracle(batch.World, new Dictionary<int, JsonElement> { [7] = Definitions.Json(batch.Other) });
                    var expected = oracle.Members(Definitions.Json(definition));

                    var members = await project.MembersAsync(definition, batch.Other);

                    if (!oracle.OrderMatters)
                    {
                        members.ShouldBe(expected, definition);
                    }
                }
            },
            iter: Worlds,
            threads: 1);
    }
}

public sealed class DuckDbRandomDefinitionsTests(DuckDbEngine engine) : RandomDefinitionsSuite(engine);

public sealed class ClickHouseRandomDefinitionsTests(ClickHouseEngine engine) : RandomDefinitionsSuite(engine);
