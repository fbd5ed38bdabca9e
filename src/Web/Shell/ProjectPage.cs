using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Muster.Control.Api;
using Muster.Control.Tokens;
using Muster.Web.Api;

namespace Muster.Web.Shell;

/// <summary>A page of one project.</summary>
public abstract class ProjectPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private readonly CancellationToken _leftToken;

    /// <summary>A page that is not left yet.</summary>
    protected ProjectPage() => _leftToken = _left.Token;

    /// <summary>The project, from the address.</summary>
    [Parameter]
    public int ProjectId { get; set; }

    /// <summary>Who looks at it.</summary>
    [CascadingParameter]
    protected Task<AuthenticationState>? SignIn { get; set; }

    /// <summary>Goes to other pages.</summary>
    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>Tells what was done.</summary>
    [Inject]
    protected ISnackbar Snackbar { get; set; } = null!;

    /// <summary>The time.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>What the person may do here.</summary>
    protected Role Role { get; private set; }

    /// <summary>Whether they may connect, export and change settings.</summary>
    protected bool IsAdmin => Role == Role.Admin;

    /// <summary>Whether they may write cohorts, count and preview.</summary>
    protected bool IsAnalyst => Role >= Role.Analyst;

    /// <summary>Their name, as it is written down with what they make.</summary>
    protected string CallerName { get; private set; } = "";

    /// <summary>Ends what is under way when the page is left.</summary>
    protected CancellationToken Left => _leftToken;

    /// <summary>Where this project's pages are.</summary>
    protected string Root => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/projects/{ProjectId}");

    [Inject]
    private protected PageApi Api { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (SignIn is not null)
        {
            var caller = Caller.From((await SignIn).User);
            (Role, CallerName) = (caller.In(ProjectId)?.Role ?? Role.Consumer, caller.Name);
        }

        await LoadAsync();
    }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Does something again and again while the page is open.</summary>
    protected void Every(TimeSpan period, Func<Task> act) => _ = RepeatAsync(period, act);

    /// <summary>Tells that something was done, or why not.</summary>
    protected void Tell(Refusal? refusal, string done)
    {
        if (refusal is null)
        {
            Snackbar.Add(done, Severity.Success);
        }
        else
        {
            Snackbar.Add(refusal.Detail, Severity.Error, options => options.RequireInteraction = true);
        }
    }

    private async Task RepeatAsync(TimeSpan period, Func<Task> act)
    {
        var left = Left;
        using var timer = new PeriodicTimer(period, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(left))
            {
                await InvokeAsync(async () =>
                {
                    await act();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (ObjectDisposedException)
        {
            // So was the circuit it was in.
        }
    }
}
