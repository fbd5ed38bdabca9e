using System.Text.Json;
using Muster.Host.Client;
using Muster.Host.Output;
using Muster.Host.Serving;
using Muster.Host.Settings;
using Muster.Sandbox;

namespace Muster.Host.Demo;

/// <summary>
/// <c>muster demo</c>: a server, an Iterable sandbox beside it, and a sample shop whose new users and power users are
/// lists in the sandbox. Each step finds what an earlier start left and goes on from there.
/// </summary>
internal sealed class MusterDemo(MusterSettings settings, TimeProvider clock)
{
    private const int ShortestInterval = 60;

    private readonly DemoScreen _screen = new();
    private DemoState _state = null!;

    /// <summary>Runs it until cancelled.</summary>
    /// <returns>False when the server stopped by itself.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = DataFolder.Take(settings.DataDir);
        _state = DemoState.Load(settings.DataDir, clock);
        await using var sandbox = await DemoSandbox.StartAsync(settings.DataDir, clock, cancellationToken);
        var token = settings.AdminToken ?? _state.Token;
        var (email, password) = settings is { AdminEmail: { } given, AdminPassword: { } secret } ? (given, secret) : (DemoState.Email, _state.Password);
        await using var server = await MusterServer.StartAsync(
            settings with { AdminToken = token, AdminEmail = email, AdminPassword = password, Iterable = settings.Iterable with { UsUrl = sandbox.Address } }, LogLevel.Warning, cancellationToken);
        DemoScreen.Welcome(
        [
            ("Muster", server.LocalAddress.ToString()),
            ("API, to read and try", new Uri(server.LocalAddress, "/docs").ToString()),
            ("Iterable sandbox, with its lists", sandbox.Address.ToString()),
            ("Sign in as", settings.AdminEmail is null ? $"{email} with the password {password}" : $"{email} with the password of MUSTER_ADMIN_PASSWORD"),
            ("In a terminal", $"MUSTER_TOKEN={token}"),
            ("Data folder", settings.DataDir),
            ("End", "Ctrl-C; start again to go on"),
        ]);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var serving = server.RunAsync(cancellationToken);
        var showing = ShowAsync(server.LocalAddress, sandbox.Address, token, ending.Token);
        if (await Task.WhenAny(serving, showing) == showing && !cancellationToken.IsCancellationRequested)
        {
            await showing;
        }

        await ending.CancelAsync();
        try
        {
            await showing;
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or FailedException)
        {
            // The show ends with the server: calls that were under way do not matter any more.
        }

        return await serving;
    }

    private async Task ShowAsync(Uri muster, Uri sandbox, string token, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(muster, token);
        var setup = new DemoSetup(api);
        var project = await setup.ProjectAsync(cancellationToken);
        var reports = new RunReports(api, project.GetProperty("id").GetRawText(), DemoScreen.Say);
        await reports.SkipPastAsync(cancellationToken);
        using var loader = new SampleLoader(muster, project.GetProperty("token").GetString()!);
        var people = SamplePerson.Everyone(_state.Anchor);

        await LoadPeopleAsync(loader, people, cancellationToken);
        var connection = await setup.ConnectionAsync(project, new SandboxOptions().Keys[0], cancellationToken);
        var newUsers = await setup.CohortAsync(project, DemoCohorts.NewUsers, "Signed up in the last two weeks", DemoCohorts.NewUsersDefinition, cancellationToken);
        var once = await setup.SyncAsync(project, newUsers, connection, "one_time", null, cancellationToken);
        var first = ReportFirstListAsync(api, once, cancellationToken);
        var telling = reports.GoOnAsync(clock, cancellationToken);

        await LoadEventsAsync(loader, people, cancellationToken);
        var powerUsers = await setup.CohortAsync(
            project, DemoCohorts.PowerUsers, "Opened the app ten times in two weeks", DemoCohorts.PowerUsersDefinition, cancellationToken);
        var interval = Math.Max(ShortestInterval, (int)Math.Ceiling(settings.Syncs.MinInterval.TotalSeconds));
        await setup.SyncAsync(project, powerUsers, connection, "dynamic", interval, cancellationToken);
        await first;
        await new DemoCampaign(api, sandbox).SendAsync(connection, once, DemoScreen.Say, cancellationToken);
        var living = new LiveTraffic(loader, people, clock).GoOnAsync(_state.EventsUntil!.Value, until => Remember(_state with { EventsUntil = until }), cancellationToken);
        await await Task.WhenAny(telling, living);
    }

    private async Task LoadPeopleAsync(SampleLoader loader, IReadOnlyList<SamplePerson> people, CancellationToken cancellationToken)
    {
        if (_state.PeopleLoaded)
        {
            return;
        }

        await loader.EngageAsync(people, cancellationToken);
        Remember(_state with { PeopleLoaded = true });
        _screen.SayWithTime($"{SamplePerson.Count} people are in", clock);
    }

    // Days that passed since the demo last ran are loaded as well: the shop did not stand still.
    private async Task LoadEventsAsync(SampleLoader loader, IReadOnlyList<SamplePerson> people, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow();
        var from = _state.EventsUntil ?? _state.Anchor.AddDays(-SamplePerson.Days);
        var loaded = await loader.ImportAsync(SampleEvent.Between(people, from, until), cancellationToken);
        Remember(_state with { EventsUntil = until });
        _screen.SayWithTime($"{loaded} events are in", clock);
    }

    private async Task ReportFirstListAsync(ApiClient api, JsonElement sync, CancellationToken cancellationToken)
    {
        if (sync.GetProperty("lastRun") is { ValueKind: JsonValueKind.Object } run && !RunWatch.HasEnded(run))
        {
            var ended = await RunWatch.EndAsync(api, run.GetProperty("id").GetRawText(), cancellationToken);
            if (RunWatch.Succeeded(ended))
            {
                _screen.SayWithTime($"The first list is complete: {ended.GetProperty("listName").GetString()}", clock);
            }
        }
    }

    private void Remember(DemoState state)
    {
        _state = state;
        state.Save(settings.DataDir);
    }
}
