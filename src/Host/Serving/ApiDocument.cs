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
    private const string Problem = "Problem";

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
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapScalarApiReference("/docs", scalar =>
        {
            scalar.Title = "Muster API";
            scalar.OpenApiRoutePattern = "/openapi/v1.json";

            // Nothing leaves the machine: fonts, usage figures and the assistants of Scalar's maker are off.
            scalar.DefaultFonts = false;
            scalar.Telemetry = false;
            scalar.DisableAgent().DisableMcp().HideDeveloperTools();
        }).AllowAnonymous();
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
            Description = "An API token. MUSTER_ADMIN_TOKEN sets the first one; POST /api/v1/tokens makes more. The cookie of a sign-in is taken as well.",
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[Problem] = ProblemSchema();
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
    }

    // What the framework cannot see: paging that endpoints read by a binder of its own, who may call, and how calls fail.
    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<IAuthorizeData>().Any())
        {
            operation.Security = [];
        }
        else
        {
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "Refused; `code` says why: `unauthenticated` (401), `forbidden` (403), `not_found` (404), `conflict` (409), `invalid` (422), `limited` (429) or one of the call's own.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Problem, context.Document) },
                },
            };
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

    private static OpenApiSchema ProblemSchema() => Object("Why a call was refused", new(StringComparer.Ordinal)
    {
        ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
        ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
        ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, for programs." },
        ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What is wrong and what to do, for people." },
        ["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Description = "For bad input: each fault.",
            Items = Object("One fault", new(StringComparer.Ordinal)
            {
                ["path"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "JSON Pointer into the body; for a query parameter, its name." },
                ["message"] = new OpenApiSchema { Type = JsonSchemaType.String },
            }),
        },
    });

    private static OpenApiSchema Object(string description, Dictionary<string, IOpenApiSchema> properties) =>
        new() { Type = JsonSchemaType.Object, Description = description, Properties = properties };
}
