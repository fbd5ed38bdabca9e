using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Iterable;
using Muster.Sandbox;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Delivery;

/// <summary>What happens on a real connection, through everything that AddIterable registers.</summary>
public class RealConnectionTests
{
    private const string Key = "key-0123456789";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_EveryWayAConnectionBreaks_IsTriedAgain()
    {
        var calls = 0;
        await using var server = await SmallServer.StartAsync(
            async context =>
            {
                switch (Interlocked.Increment(ref calls))
                {
                    case 1:
                        context.Abort();
                        break;
                    case 2:
                        context.Response.ContentLength = 100;
                        await context.Response.WriteAsync("{\"successCount\":", Token);
                        await context.Response.Body.FlushAsync(Token);
                        context.Abort();
                        break;
                    case 3:
                        await context.Response.WriteAsync("{\"successCount\":1,", Token);
                        await context.Response.Body.FlushAsync(Token);
                        context.Abort();
                        break;
                    case 4:
                        context.Response.Headers.ContentEncoding = "gzip";
                        await context.Response.WriteAsync("this is not gzip", Token);
                        break;
                    default:
                        await context.Response.WriteAsync(Batches.Fine, Token);
                        break;
                }
            },
            Token);
        await using var muster = await StartAsync(server.Address);
        var destination = await OpenAsync(muster);
        (await destination.SendAsync(Batches.AddOne(), Token)).Rejections.ShouldBeEmpty();
        destination.Totals.Retries.ShouldBe(4);
    }

    [Fact]
    public async Task SendAsync_Silence_EndsTheTry()
    {
        var calls = 0;
        await using var server = await SmallServer.StartAsync(
            async context =>
            {
                switch (Interlocked.Increment(ref calls))
                {
                    case 1:
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                        break;
                    case 2:
                        await context.Response.WriteAsync("{", Token);
                        await context.Response.Body.FlushAsync(Token);
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                        break;
                    default:
                        await context.Response.WriteAsync(Batches.Fine, Token);
                        break;
                }
            },
            Token);
        await using var muster = await StartAsync(server.Address, TimeSpan.FromMilliseconds(500));
        await (await OpenAsync(muster)).SendAsync(Batches.AddOne(), Token);
    }

    [Fact]
    public async Task SendAsync_Redirect_DoesNotCarryTheKeyElsewhere()
    {
        await using var elsewhere = await SmallServer.StartAsync(context => context.Response.WriteAsync(Batches.Fine, Token), Token);
        await using var server = await SmallServer.StartAsync(
            context =>
            {
                context.Response.Redirect(elsewhere.Address.AbsoluteUri, permanent: true, preserveMethod: true);
                return Task.CompletedTask;
            },
            Token);
        await using var muster = await StartAsync(server.Address);
        var destination = await OpenAsync(muster);
        var error = await Should.ThrowAsync<DestinationException>(() => destination.SendAsync(Batches.AddOne(), Token));
        error.Code.ShouldBe("iterable_unreadable_answer");
        elsewhere.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task SendAsync_TlsAndNames_AreTransientTrouble()
    {
        await using var server = await SmallServer.StartAsync(context => context.Response.WriteAsync(Batches.Fine, Token), Token);
        foreach (var address in new[] { new UriBuilder(server.Address) { Scheme = "https" }.Uri, new Uri("http://nobody.invalid"), new Uri("http://127.0.0.1:1") })
        {
            await using var muster = await StartAsync(address);
            var destination = await OpenAsync(muster);
            var error = await Should.ThrowAsync<DestinationException>(() => destination.SendAsync(Batches.AddOne(), Token));
            error.Code.ShouldBe("iterable_unavailable");
            error.IsTransient.ShouldBeTrue();
            destination.Totals.Retries.ShouldBe(4);
        }
    }

    [Fact]
    public async Task SendAsync_ManyAtOnce_AreUnderWayTogether()
    {
        const int Many = 64;
        var under = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await SmallServer.StartAsync(
            async context =>
            {
                if (Interlocked.Increment(ref under) == Many)
                {
                    all.SetResult();
                }

                await all.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync(Batches.Fine, Token);
            },
            Token);
        await using var muster = await StartAsync(server.Address);
        var destination = await OpenAsync(muster);
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => destination.SendAsync(Batches.AddOne(), Token)));
        destination.Totals.Retries.ShouldBe(0);
    }

    [Theory]
    [InlineData(ProjectType.Email, SandboxProjectType.Email)]
    [InlineData(ProjectType.Hybrid, SandboxProjectType.Hybrid)]
    [InlineData(ProjectType.UserId, SandboxProjectType.UserId)]
    public async Task Destination_AgainstTheSandbox_FillsReadsAndEmptiesAList(ProjectType projectType, SandboxProjectType sandboxType)
    {
        await using var sandbox = await IterableSandbox.StartAsync(
            new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = [Key], ProjectType = sandboxType, Rate = 0, NewListDelayMs = 30 }, cancellationToken: Token);
        await using var muster = await StartAsync(sandbox.Address);
        var destination = await OpenAsync(muster, projectType);
        var listId = await destination.CreateListAsync("mixpanel_Ünïcode + \"quotes\"_1", Token);
        var people = Enumerable.Range(0, 1000).Select(i => new Subscriber(i, $"p{i}+x@example.com", $"user {i}")).ToList();
        var batch = new ListBatch { ListId = listId, Operation = ListOperation.Add, Number = 1, Subscribers = people };
        (await destination.SendAsync(batch, Token)).Rejections.ShouldBeEmpty();
        (await destination.FindListAsync("mixpanel_Ünïcode + \"quotes\"_1", Token)).ShouldBe(listId);
        (await destination.CountAsync(listId, Token)).ShouldBe(1000);
        (await ReadAsync(destination, listId)).Order(StringComparer.Ordinal)
            .ShouldBe(people.Select(p => projectType == ProjectType.UserId ? p.UserId! : p.Email!).Order(StringComparer.Ordinal));

        (await destination.SendAsync(batch with { Operation = ListOperation.Remove, Subscribers = [.. people.Skip(1)] }, Token)).Rejections.ShouldBeEmpty();
        (await destination.CountAsync(listId, Token)).ShouldBe(1);
        await destination.DeleteListAsync(listId, Token);
        (await destination.HasListAsync(listId, Token)).ShouldBeFalse();
        (await Should.ThrowAsync<DestinationException>(() => destination.SendAsync(batch, Token))).ListIsGone.ShouldBeTrue();
    }

    [Fact]
    public async Task OpenAsync_EuropeanConnection_CallsTheEuropeanDataCenterOnly()
    {
        await using var us = await SmallServer.StartAsync(context => context.Response.WriteAsync(Batches.Fine, Token), Token);
        await using var eu = await SmallServer.StartAsync(context => context.Response.WriteAsync(Batches.Fine, Token), Token);
        await using var muster = await SmallMuster.StartAsync(new IterableOptions { UsUrl = us.Address, EuUrl = eu.Address }, Token);
        var id = await muster.ConnectAsync(Key, ProjectType.Hybrid, Token);
        await using (var db = await muster.DbAsync(Token))
        {
            await db.Connections.ExecuteUpdateAsync(set => set.SetProperty(c => c.DataCenter, DataCenter.Eu), Token);
        }

        await (await muster.Services.GetRequiredService<IListDestinations>().OpenAsync(id, Token)).SendAsync(Batches.AddOne(), Token);

        (us.Calls, eu.Calls).ShouldBe((0, 1));
    }

    [Fact]
    public async Task OpenAsync_KeysOfTheDataFolderAreOthers_SaysSo()
    {
        await using var muster = await StartAsync(new Uri("http://127.0.0.1:1"));
        var id = await muster.ConnectAsync(Key, ProjectType.Email, Token);
        await using (var db = await muster.DbAsync(Token))
        {
            (await db.Connections.FindAsync([id], Token))!.ProtectedApiKey = "CfDJ8garbage";
            await db.SaveChangesAsync(Token);
        }

        var error = await Should.ThrowAsync<DestinationException>(() => muster.Services.GetRequiredService<IListDestinations>().OpenAsync(id, Token));
        error.Code.ShouldBe("connection_key_unreadable");
        error.IsTransient.ShouldBeFalse();
    }

    private static Task<SmallMuster> StartAsync(Uri address, TimeSpan? timeout = null) => SmallMuster.StartAsync(
        new IterableOptions
        {
            UsUrl = address,
            Rate = 0,
            RetryBaseDelay = TimeSpan.FromMilliseconds(20),
            TryTimeout = timeout ?? TimeSpan.FromSeconds(20),
        },
        Token);

    private static async Task<IListDestination> OpenAsync(SmallMuster muster, ProjectType projectType = ProjectType.Email) =>
        await muster.Services.GetRequiredService<IListDestinations>().OpenAsync(await muster.ConnectAsync(Key, projectType, Token), Token);

    private static async Task<List<string>> ReadAsync(IListDestination destination, long listId)
    {
        var read = new List<string>();
        await foreach (var line in destination.ReadAsync(listId, Token))
        {
            read.Add(line);
        }

        return read;
    }
}
