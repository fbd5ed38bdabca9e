using Microsoft.AspNetCore.Components;

namespace Muster.Web.Cohorts.Builder;

/// <summary>A part of the builder: it changes a draft and says so.</summary>
public abstract class BuilderPart : ComponentBase
{
    /// <summary>What the project has.</summary>
    [CascadingParameter]
    public Suggestions Suggestions { get; set; } = Suggestions.None;

    /// <summary>Raised after each change.</summary>
    [Parameter]
    public EventCallback OnChange { get; set; }

    /// <summary>Makes a change and says so.</summary>
    protected Task Change(Action change)
    {
        change();
        return OnChange.InvokeAsync();
    }
}
