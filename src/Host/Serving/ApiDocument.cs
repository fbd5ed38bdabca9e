using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Muster.Control.Api;
using Scalar.AspNetCore;

namespace Muster.Host.Serving;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, and a page to read it at <c>/docs</c> that loads nothing from elsewhere.</summary>
internal static class ApiDocument
{
    private const string Scheme = "bearer";

    private const string Description = """
        Muster turns cohorts of users into Iterable lists and keeps them true.

        JSON is camelCase; times are RFC 3339 UTC. Errors are `application/problem+json` with a stable `code`, a `detail`
        that says what to do, and `errors[]` of `{path, message}` for bad input. Lists answer `{items, nextCursor}` and
        take `limit` (1-1000, default 100) and `cursor`. Calls under `/api/v1` need `Authorization: Bearer TOKEN`.
        """;

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Complete(operation, context);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/docs", scalar =>
        {
            scalar.Title = "Muster API";
            scalar.OpenApiRoutePattern = "/openapi/v1.json";
            scalar.DefaultFonts = false;
        });
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Muster",
            Version = "v1",
            Description = Description,
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API token. MUSTER_ADMIN_TOKEN sets the first one; POST /api/v1/tokens makes more.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
    }

    // What the framework cannot see: paging that endpoints read by a binder of its own, and who may call.
    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<IAuthorizeData>().Any())
        {
            operation.Security = [];
        }

        if (metadata.OfType<MethodInfo>().Any(m => m.GetParameters().Any(p => p.ParameterType == typeof(Paging))))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(Query("limit", JsonSchemaType.Integer, "How many items at most: 1-1000, default 100."));
            operation.Parameters.Add(Query("cursor", JsonSchemaType.String, "The nextCursor of the page before."));
        }
    }

    private static OpenApiParameter Query(string name, JsonSchemaType type, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = new OpenApiSchema { Type = type },
    };
}
