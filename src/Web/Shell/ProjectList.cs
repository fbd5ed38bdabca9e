using Muster.Web.Api;

namespace Muster.Web.Shell;

/// <summary>The projects that the person of this page sees, read once and again when one changed.</summary>
internal sealed class ProjectList(PageApi api)
{
    private IReadOnlyList<ProjectItem>? _projects;

    /// <summary>Raised when they were read again.</summary>
    public event Action? Changed;

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<ProjectItem>> AllAsync(CancellationToken cancellationToken) =>
        _projects ??= (await api.ListAsync<ProjectItem>("projects", cancellationToken)).Value ?? [];

    /// <summary>Reads them again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        _projects = null;
        await AllAsync(cancellationToken);
        Changed?.Invoke();
    }
}
