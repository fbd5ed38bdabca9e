using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;

namespace Muster.Control.Tokens;

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/tokens").WithTags("tokens").RequireAuthorization(Policies.Admin);
        tokens.MapPost("/", CreateAsync).WithSummary("Make a token; it is shown once").Accepts<NewToken>("application/json").Produces<MadeToken>(201);
        tokens.MapGet("/", ListAsync).WithSummary("List tokens, without their secrets").Produces<Page<TokenView>>();
        tokens.MapGet("/{id:int}", GetAsync).WithSummary("One token, without its secret").Produces<TokenView>();
        tokens.MapDelete("/{id:int}", DeleteAsync).WithSummary("Revoke a token").Produces(204);
    }

    private static async Task<IResult> CreateAsync(
        RequestBody body, Caller caller, ControlDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var name = body.Text("name");
        var role = body.Enum<Role>("role");
        var projectId = (int?)body.OptionalWholeNumber("projectId", 1, int.MaxValue);
        var expiresAt = body.OptionalTime("expiresAt");
        if (name == ApiTokens.AdminTokenName)
        {
            body.AddFault("name", $"is the name of the token that the setting {ApiTokens.AdminTokenName} makes; choose another one");
        }

        if (expiresAt <= clock.GetUtcNow())
        {
            body.AddFault("expiresAt", "must be in the future");
        }

        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        // Who is not admin everywhere makes tokens for one project only; who is admin of just one means that one.
        var mine = caller.Grants.ProjectsWith(Role.Admin);
        if (projectId is null && mine is not null)
        {
            if (mine.Count > 1)
            {
                return ApiProblem.Invalid(new Fault("/projectId", "is required: you are admin of several projects, and not of every one"));
            }

            projectId = mine.Single();
        }

        if (projectId is { } id && (!caller.Has(Role.Admin, id) || !await db.Projects.AnyAsync(p => p.Id == id, cancellationToken)))
        {
            return caller.Sees(id)
                ? ApiProblem.Of(StatusCodes.Status403Forbidden, "forbidden", "You are no admin of this project; ask one of its admins for a token.")
                : ApiProblem.NotFound("project");
        }

        var secret = "mst_" + Secrets.New(32);
        var token = new ApiToken
        {
            Name = name,
            Role = role,
            ProjectId = projectId,
            ExpiresAt = expiresAt,
            Hash = ApiTokens.Hash(secret),
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = caller.Name,
        };
        db.Tokens.Add(token);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/v1/tokens/{token.Id}", new MadeToken(token.Id, secret));
    }

    private static async Task<IResult> ListAsync(Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var read = await Visible(db, caller).Where(t => t.Id > paging.After).OrderBy(t => t.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(read, t => t.Id, TokenView.Of));
    }

    private static async Task<IResult> GetAsync(int id, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        await Visible(db, caller).SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is { } token
            ? TypedResults.Ok(TokenView.Of(token))
            : ApiProblem.NotFound("token");

    private static async Task<IResult> DeleteAsync(int id, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (await Visible(db, caller).AsTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } token)
        {
            return ApiProblem.NotFound("token");
        }

        db.Tokens.Remove(token);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static IQueryable<ApiToken> Visible(ControlDb db, Caller caller)
    {
        var mine = caller.Grants.ProjectsWith(Role.Admin);
        return db.Tokens.AsNoTracking().Where(t => mine == null || (t.ProjectId != null && mine.Contains(t.ProjectId.Value)));
    }

    private sealed record NewToken(string Name, Role Role, int? ProjectId, DateTimeOffset? ExpiresAt);

    private sealed record MadeToken(int Id, string Token);

    private sealed record TokenView(int Id, string Name, Role Role, int? ProjectId, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset? LastUsedAt)
    {
        public static TokenView Of(ApiToken token) => new(token.Id, token.Name, token.Role, token.ProjectId, token.ExpiresAt, token.CreatedAt, token.CreatedBy, token.LastUsedAt);
    }
}
