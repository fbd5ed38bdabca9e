using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace Muster.Control.Api;

/// <summary>How the REST interface reads, writes and refuses.</summary>
public static class ApiConventions
{
    /// <summary>Adds them.</summary>
    internal static void AddApiConventions(this IServiceCollection services)
    {
        services.AddPolicies();
        services.ConfigureHttpJsonOptions(options => Configure(options.SerializerOptions));
    }

    /// <summary>JSON as the REST interface writes it: camelCase, times as RFC 3339 UTC with Z and milliseconds.</summary>
    public static void Configure(JsonSerializerOptions options) => options.Converters.Add(new UtcTimeConverter());

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
