using Muster.Query.Expressions;

namespace Muster.Query.Engage;

/// <summary>Properties in the statement over profiles.</summary>
internal sealed class ProfileSource(PropertyColumns columns) : IPropertySource
{
    public Printed Of(Expression.Property property) => property.Owner == Owner.Event
        ? throw new ExpressionException("a profile has no event[…]: name its properties with properties[…] or user[…]", property.Position)
        : property.Name is "$distinct_id" or "distinct_id"
            ? new Printed(SqlType.Text, "distinct_id")
            : columns.Of("p.properties", property.Name);
}
