namespace Muster.Query.Expressions;

/// <summary>Where a statement finds the properties that an expression names.</summary>
internal interface IPropertySource
{
    /// <summary>The value of a property.</summary>
    /// <exception cref="ExpressionException">There are none of that owner here.</exception>
    Printed Of(Expression.Property property);
}
