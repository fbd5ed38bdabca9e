using System.Globalization;
using System.Text.Json;

namespace Muster.Host.Client;

/// <summary>What a refusing answer says, in lines for people.</summary>
internal static class ApiRefusal
{
    public static async Task<IReadOnlyList<string>> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonElement.Parse(text);
            if (problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("detail", out var detail))
            {
                var what = detail.GetString() ?? Status(answer);
                return [what, .. Faults(problem).Where(f => f.Trim() != what)];
            }
        }
        catch (JsonException)
        {
            // Not from Muster but from something in between: the status is all there is to say.
        }

        return [Status(answer)];
    }

    private static IEnumerable<string> Faults(JsonElement problem) =>
        problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
            ? errors.EnumerateArray().Select(e => $"  {e.GetProperty("path").GetString()}: {e.GetProperty("message").GetString()}")
            : [];

    private static string Status(HttpResponseMessage answer) =>
        string.Create(CultureInfo.InvariantCulture, $"The server answered {(int)answer.StatusCode} {answer.ReasonPhrase}.");
}
