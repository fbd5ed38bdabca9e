using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Muster.Control.People;

/// <summary>Registers people: ASP.NET Core Identity for accounts and passwords, sessions of our own.</summary>
internal static class PeopleFeature
{
    public static void AddPeople(this IServiceCollection services)
    {
        services.AddIdentityCore<Person>(options =>
        {
            // Addresses are checked where they are typed; a name here is nothing but one.
            options.User.AllowedUserNameCharacters = "";
            options.User.RequireUniqueEmail = true;
            options.Password = new PasswordOptions
            {
                RequiredLength = Accounts.ShortestPassword,
                RequireDigit = false,
                RequireLowercase = false,
                RequireUppercase = false,
                RequireNonAlphanumeric = false,
                RequiredUniqueChars = 1,
            };
        }).AddUserStore<UserOnlyStore<Person, ControlDb, int>>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<FirstStart>();
        services.AddScoped<Accounts>();
        services.AddScoped<SignIn>();
        services.AddScoped<Invitations>();
        services.AddScoped<Me>();
    }
}
