using Microsoft.AspNetCore.Http;
using Muster.Control.Tokens;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Import;

/// <summary>Finds the project that the credentials of an import are good for.</summary>
/// <remarks>API tokens must be of role admin, as only owners and admins of a Mixpanel project may import.</remarks>
internal sealed class ImportAuthentication(ProjectCredentials credentials)
{
    /// <summary>The project, or why the request is refused.</summary>
    public async Task<(int ProjectId, Refusal? Refusal)> FindProjectAsync(HttpRequest request, CancellationToken cancellationToken) =>
        await credentials.FindAsync(request, Role.Admin, takesProjectToken: true, cancellationToken) switch
        {
            ProjectAccess.Granted(var id, _) => (id, null),
            ProjectAccess.Refused(var status, var message) => (0, new Refusal(status, message)),
            var other => throw new InvalidOperationException($"{other} is not an outcome"),
        };
}
