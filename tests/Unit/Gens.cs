using CsCheck;

namespace Muster.Tests.Unit;

/// <summary>Generators that CsCheck lacks.</summary>
internal static class Gens
{
    /// <summary>One of some values.</summary>
    public static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
