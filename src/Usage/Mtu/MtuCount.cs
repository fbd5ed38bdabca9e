namespace Muster.Usage.Mtu;

/// <summary>Counts the monthly tracked users of a project.</summary>
internal sealed class MtuCount(MtuReader reader)
{
    /// <summary>If users average more qualifying events than this, the events decide instead.</summary>
    private const int GuardrailEvents = 1000;

    /// <summary>The count of one month.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="month">The month.</param>
    /// <param name="zone">The project's time zone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public MonthUsage Of(int projectId, Month month, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        (int Low, int High) users = reader.Users(projectId) ?? (1, 1);
        var (qualifying, exempt) = (new UserSet(users.Low, users.High), new UserSet(users.Low, users.High));
        var (qualifyingEvents, exemptEvents) = (0L, 0L);
        var byEvent = new List<EventUsage>();
        foreach (var item in reader.Read(projectId, users, month.Start(zone), month.Next.Start(zone), cancellationToken))
        {
            var kind = QualifyingEvents.KindOf(item.Name, item.Source);
            byEvent.Add(new EventUsage(item.Name, item.Source, item.Users.Count, item.Events, kind == EventKind.Qualifying));
            if (kind == EventKind.Qualifying)
            {
                qualifying.Add(item.Users);
                qualifyingEvents += item.Events;
            }
            else if (kind == EventKind.Exempt)
            {
                exempt.Add(item.Users);
                exemptEvents += item.Events;
            }
        }

        var people = qualifying.Count;
        var guardrail = qualifyingEvents > (long)people * GuardrailEvents;
        return new MonthUsage
        {
            Month = month.ToString(),
            Mtu = guardrail ? (qualifyingEvents + GuardrailEvents - 1) / GuardrailEvents : people,
            Users = people,
            QualifyingEvents = qualifyingEvents,
            ExemptEvents = exemptEvents,
            ExemptUsersSaved = exempt.CountWithout(qualifying),
            Guardrail = guardrail,
            ByEvent = [.. byEvent.OrderByDescending(e => e.Users).ThenBy(e => e.Event, StringComparer.Ordinal).ThenBy(e => e.Source, StringComparer.Ordinal)],
        };
    }
}
