using Muster.Query.Expressions;

namespace Muster.Query.Export;

/// <summary>Properties in the statement over events.</summary>
internal sealed class EventSource(PropertyColumns columns) : IPropertySource
{
    /// <summary>Whether the profiles of the events' users are needed.</summary>
    public bool NeedsProfile { get; private set; }

    public Printed Of(Expression.Property property)
    {
        if (property.Owner == Owner.User)
        {
            NeedsProfile = true;
            return columns.Of("p.properties", property.Name);
        }

        return property.Name switch
        {
            "time" or "$time" => new Printed(SqlType.Number, "(epoch_ms(time) / 1e3)"),
            "distinct_id" or "$distinct_id" => new Printed(SqlType.Text, "distinct_id"),
            "$insert_id" => new Printed(SqlType.Text, "insert_id"),
            _ => columns.Of("e.properties", property.Name),
        };
    }
}
