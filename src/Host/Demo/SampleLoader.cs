using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Muster.Host.Demo;

/// <summary>Brings the sample's people and events in over the program's own ingestion, as an SDK would.</summary>
internal sealed class SampleLoader : IDisposable
{
    private const int BatchSize = 2000;
    private const int AtOnce = 4;

    private readonly HttpClient _http;
    private readonly string _projectToken;

    public SampleLoader(Uri muster, string projectToken)
    {
        _projectToken = projectToken;
        _http = new HttpClient { BaseAddress = muster };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{projectToken}:")));
    }

    /// <summary>Sets people's profiles.</summary>
    public Task EngageAsync(IEnumerable<SamplePerson> people, CancellationToken cancellationToken) =>
        SendAsync("/engage?strict=1", people, WriteProfile, cancellationToken);

    /// <summary>Sets one property of someone's profile.</summary>
    public Task SetAsync(SamplePerson person, string property, string value, CancellationToken cancellationToken) =>
        SendAsync("/engage?strict=1", [person], (json, p) => WriteUpdate(json, p, () => json.WriteString(property, value)), cancellationToken);

    /// <summary>Imports events that happened at any time.</summary>
    public Task<int> ImportAsync(IEnumerable<SampleEvent> events, CancellationToken cancellationToken) =>
        SendAsync("/import?strict=1", events, WriteEvent, cancellationToken);

    /// <summary>Tracks events of the last days.</summary>
    public Task<int> TrackAsync(IEnumerable<SampleEvent> events, CancellationToken cancellationToken) =>
        SendAsync("/track?verbose=1", events, WriteEvent, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<int> SendAsync<T>(string path, IEnumerable<T> records, Action<Utf8JsonWriter, T> write, CancellationToken cancellationToken)
    {
        var sent = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(records.Chunk(BatchSize), options, async (batch, token) =>
        {
            using var content = new ReadOnlyMemoryContent(Body(batch, write));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new FailedException($"The sample could not be loaded: {path} answered {await answer.Content.ReadAsStringAsync(token)}");
            }

            Interlocked.Add(ref sent, batch.Length);
        });
        return sent;
    }

    private static ReadOnlyMemory<byte> Body<T>(T[] batch, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(batch.Length * 256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var record in batch)
        {
            write(json, record);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteProfile(Utf8JsonWriter json, SamplePerson person) => WriteUpdate(json, person, () =>
    {
        if (person.Email is not null)
        {
            json.WriteString("$email", person.Email);
        }

        json.WriteString("$first_name", person.FirstName);
        json.WriteString("$last_name", person.LastName);
        json.WriteString("$name", $"{person.FirstName} {person.LastName}");
        json.WriteString("$country_code", person.Country);
        json.WriteString("$city", person.City);
        json.WriteString("$created", person.SignedUpAt.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("Plan", person.Plan);
        json.WriteString(DemoCohorts.AccountStatus, DemoCohorts.Open);
    });

    private void WriteUpdate(Utf8JsonWriter json, SamplePerson person, Action properties)
    {
        json.WriteStartObject();
        json.WriteString("$token", _projectToken);
        json.WriteString("$distinct_id", person.Id);
        json.WriteStartObject("$set");
        properties();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteEvent(Utf8JsonWriter json, SampleEvent done)
    {
        json.WriteStartObject();
        json.WriteString("event", done.Name);
        json.WriteStartObject("properties");
        json.WriteString("token", _projectToken);
        json.WriteNumber("time", done.Time.ToUnixTimeMilliseconds());
        json.WriteString("distinct_id", done.DistinctId);
        json.WriteString("$insert_id", done.InsertId);
        foreach (var (key, value) in done.Properties)
        {
            if (value is double number)
            {
                json.WriteNumber(key, number);
            }
            else
            {
                json.WriteString(key, (string)value);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
