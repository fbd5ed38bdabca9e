using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Muster.Control.Api;
using Muster.Web.Api;
using Muster.Web.Shell;

namespace Muster.Web;

/// <summary>The pages.</summary>
public static class WebFeature
{
    // As much as REST takes in one body: definitions and ids are pasted whole.
    private const int LargestText = 1024 * 1024;

    /// <summary>Adds them; they ask the REST interface of this process, and need nothing else.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestText);
        services.AddMudServices(mud => (mud.SnackbarConfiguration.PositionClass, mud.SnackbarConfiguration.PreventDuplicates) =
            (Defaults.Classes.Position.BottomLeft, false));
        services.AddSingleton<InProcessApi>();
        services.AddScoped<IPagePerson, PagePerson>();
        services.AddScoped<PageApi>();
        services.AddScoped<ProjectList>();
        return services;
    }

    /// <summary>Answers people where nothing else does. Comes before routing: the calls of pages enter here too.</summary>
    public static IApplicationBuilder UsePages(this IApplicationBuilder app)
    {
        var api = app.ApplicationServices.GetRequiredService<InProcessApi>();
        app.UseMiddleware<PageErrors>();
        return app.Use(next =>
        {
            api.Attach(next);
            return next;
        });
    }

    /// <summary>The page for someone whose request failed; null: it was a program's.</summary>
    public static IResult? FailurePage(HttpContext context) => PageErrors.Failure(context);

    /// <summary>Maps pages and the files they need.</summary>
    public static IEndpointRouteBuilder MapPages(this IEndpointRouteBuilder app)
    {
        app.MapStaticAssets().AllowAnonymous().ExcludeFromDescription();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(Policies.SignedIn).ExcludeFromDescription();
        return app;
    }
}
