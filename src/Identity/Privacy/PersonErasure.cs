using Microsoft.Extensions.Logging;
using Muster.Warehouse.Privacy;

namespace Muster.Identity.Privacy;

/// <summary>Deletes people on request: from every room that keeps something about them, and at last from the store of events and profiles.</summary>
internal sealed class PersonErasure(PersonFinder finder, IPersonEraser eraser, IEnumerable<IPersonalData> rooms, ILogger<PersonErasure> logger)
{
    /// <summary>Deletes the person that an id belongs to. Called again after a failure it goes on.</summary>
    /// <returns>Who it was and what of them the store had.</returns>
    public async Task<(PersonRecord Person, ErasedRecords Erased)> EraseAsync(int projectId, string distinctId, CancellationToken cancellationToken)
    {
        var person = finder.Find(projectId, distinctId);
        foreach (var room in rooms)
        {
            await room.EraseAsync(person, cancellationToken);
        }

        // Last: as long as the ids are there, all of this can be found and done again.
        var erased = await eraser.EraseAsync(projectId, distinctId, cancellationToken);
        logger.PersonErased(projectId, erased.Ids, erased.Events);
        return (person, erased);
    }
}
