namespace Muster.Iterable.Wire;

/// <summary>An answer that cannot be trusted to say what became of the call.</summary>
/// <param name="why">What is wrong with it, as "is not JSON"; never a part of it.</param>
internal sealed class UnreadableAnswerException(string why) : Exception(why);
