using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Program;

/// <summary>The first admin of the real program, by the code in its log.</summary>
public sealed partial class FirstStartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstStart_CodeOfTheLog_MakesTheAdminWhoStays()
    {
        await using var muster = await MusterProcess.StartAsync();
        using var browser = new HttpClient { BaseAddress = muster.Address };
        Match said;
        do
        {
            // The line is written when the program is ready, and read a moment later.
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
            said = Code().Match(muster.Log);
        }
        while (!said.Success);

        var made = await browser.PostAsJsonAsync(
            "/account/first-start", new { code = said.Groups[1].Value, email = "ada@example.com", password = "correct horse battery" }, Cancelled);
        made.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await muster.StopAsync()).ShouldBe(0);
        await muster.StartAgainAsync();

        using var again = new HttpClient { BaseAddress = muster.Address };
        var signedIn = await again.PostAsJsonAsync("/account/sign-in", new { email = "ada@example.com", password = "correct horse battery" }, Cancelled);
        signedIn.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.GetFromJsonAsync<JsonElement>("/api/v1/me", Cancelled)).GetProperty("everywhere").GetString().ShouldBe("admin");
        Code().Count(muster.Log).ShouldBe(1);
    }

    [GeneratedRegex("/first-start and enter the code ([A-Z2-9-]{14})")]
    private static partial Regex Code();
}
