using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.ADO.Parameters;
using ClickHouse.Driver.Utility;
using Muster.Cohorts.Compilation;
using Shouldly;

namespace Muster.Tests.Conformance.Engines;

/// <summary>ClickHouse's engine, in a process of Node.js, and the official client for it.</summary>
internal sealed class ClickHouseServer : IAsyncDisposable
{
    private static readonly string Scripts = Path.Combine(Repository.Tests, "ClickHouse");

    // The engine is half a gigabyte that a cold disk has to read.
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ClickHouseClient _client;

    private ClickHouseServer(Process process, string folder, ushort port)
    {
        _process = process;
        _folder = folder;
        _client = new ClickHouseClient(new ClickHouseClientSettings
        {
            Host = "127.0.0.1",
            Port = port,
            HttpClient = _http,
            UseCompression = false,
            // Lists of values are longer than an address may be.
            UseFormDataParameters = true,
        });
    }

    /// <summary>What is missing on this machine; null: nothing.</summary>
    public static string? Missing()
    {
        if (!Directory.Exists(Path.Combine(Scripts, "node_modules", "chdb")))
        {
            return "chdb is not installed: 'npm ci --ignore-scripts' in tests/Conformance/ClickHouse does";
        }

        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true });
            return null;
        }
        catch (Win32Exception)
        {
            return "'node' is not installed";
        }
    }

    public static async Task<ClickHouseServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("muster-clickhouse-").FullName;
        var process = Process.Start(new ProcessStartInfo("node", ["server.mjs", folder])
        {
            WorkingDirectory = Scripts,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartTime);
        var port = await process.StandardOutput.ReadLineAsync(patience.Token);
        return new ClickHouseServer(process, folder, ushort.Parse(port.ShouldNotBeNull("the engine ended before it listened"), CultureInfo.InvariantCulture));
    }

    /// <summary>Executes a statement that returns nothing.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) => _client.ExecuteNonQueryAsync(sql, cancellationToken: cancellationToken);

    /// <summary>The first column of what a query returns.</summary>
    public async Task<IReadOnlyList<object>> ColumnAsync(MemberQuery query, CancellationToken cancellationToken)
    {
        var parameters = new ClickHouseParameterCollection();
        foreach (var (name, value) in query.Parameters)
        {
            parameters.AddParameter(name, value);
        }

        using var reader = await _client.ExecuteReaderAsync(query.Sql, parameters, cancellationToken: cancellationToken);
        var values = new List<object>();
        while (reader.Read())
        {
            values.Add(reader.GetValue(0));
        }

        return values;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
