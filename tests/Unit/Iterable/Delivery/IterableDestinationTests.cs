using System.Net;
using System.Text;
using Muster.Control;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Delivery;

public class IterableDestinationTests
{
    private const string Lists = """
        {"lists":[{"id":5,"name":"a","createdAt":300,"listType":"Standard"},{"id":9,"name":"a","createdAt":200,"listType":"Standard"},
        {"id":2,"name":"a","createdAt":100,"listType":"Dynamic"},{"id":3,"name":"A","createdAt":1,"listType":"Standard"}]}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FindListAsync_SeveralOfTheName_TakesTheOldestThatPeopleCanBePutOn()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, Lists).Then(HttpStatusCode.OK, Lists);
        (await iterable.Open().FindListAsync("a", Token)).ShouldBe(9);
        (await iterable.Open().FindListAsync("b", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task CreateListAsync_NameWithQuotes_IsSentAsJson()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, """{"listId":6}""");
        (await iterable.Open().CreateListAsync("mixpanel_Power \"Users\"_12", Token)).ShouldBe(6);
        iterable.Asked[0].ShouldBe(("POST", "/api/lists", """{"name":"mixpanel_Power \u0022Users\u0022_12"}""", iterable.Asked[0].At));
    }

    [Fact]
    public async Task HasListAsync_ByItsId()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, Lists).Then(HttpStatusCode.OK, Lists);
        (await iterable.Open().HasListAsync(5, Token)).ShouldBeTrue();
        (await iterable.Open().HasListAsync(6, Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task CreateListAsync_AnswerWasLost_LooksForTheListBeforeMakingAnother()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(new HttpRequestException(HttpRequestError.ResponseEnded)).Then(HttpStatusCode.OK, Lists);
        (await iterable.Open().CreateListAsync("A", Token)).ShouldBe(3);
        iterable.Asked.Select(asked => asked.Method).ShouldBe(["POST", "GET"]);
    }

    [Fact]
    public async Task CreateListAsync_NothingWasMade_TriesAgain()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.BadGateway).Then(HttpStatusCode.OK, """{"lists":[]}""").Then(HttpStatusCode.OK, """{"listId":8}""");
        (await iterable.Open().CreateListAsync("A", Token)).ShouldBe(8);
    }

    [Fact]
    public async Task CreateListAsync_TooManyCalls_TriesAgainWithoutLooking()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.TooManyRequests).Then(HttpStatusCode.OK, """{"listId":8}""");
        (await iterable.Open().CreateListAsync("A", Token)).ShouldBe(8);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, """{"code":"Success","msg":"","params":null}""")]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.BadRequest, """{"code":"BadParams","msg":"error.lists.invalidListId(7)"}""")]
    public async Task DeleteListAsync_DeletedOrGoneAlready_IsDone(HttpStatusCode status, string body)
    {
        using var iterable = new ScriptedIterable();
        await iterable.Then(status, body).Open().DeleteListAsync(7, Token);
        iterable.Asked.Single().Path.ShouldBe("/api/lists/7");
    }

    [Theory]
    [InlineData("12345", "text/plain")]
    [InlineData("12345\n", "application/json")]
    [InlineData("\"12345\"", "application/json")]
    public async Task CountAsync_ANumber_IsRead(string body, string type)
    {
        using var iterable = new ScriptedIterable();
        (await iterable.Then(HttpStatusCode.OK, body, type).Open().CountAsync(7, Token)).ShouldBe(12345);
        iterable.Asked.Single().Path.ShouldBe("/api/lists/7/size");
    }

    [Fact]
    public async Task CountAsync_NotANumber_IsTriedAgain()
    {
        using var iterable = new ScriptedIterable();
        (await iterable.Then(HttpStatusCode.OK, "<html>").Then(HttpStatusCode.OK, "-1").Then(HttpStatusCode.OK, "3").Open().CountAsync(7, Token)).ShouldBe(3);
    }

    [Fact]
    public async Task CountAsync_MoreThanFiveAMinute_Waits()
    {
        using var iterable = new ScriptedIterable();
        iterable.Times(6, i => i.Then(HttpStatusCode.OK, "1"));
        for (var i = 0; i < 6; i++)
        {
            await iterable.Open().CountAsync(7, Token);
        }

        (iterable.Asked[4].At - iterable.Asked[0].At).ShouldBe(TimeSpan.Zero);
        (iterable.Asked[5].At - iterable.Asked[0].At).ShouldBeGreaterThan(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(ProjectType.Email, "/api/lists/getUsers?listId=7")]
    [InlineData(ProjectType.Hybrid, "/api/lists/getUsers?listId=7")]
    [InlineData(ProjectType.UserId, "/api/lists/getUsers?listId=7&preferUserId=true")]
    public async Task ReadAsync_Lines_AreTheIdentifiers(ProjectType projectType, string path)
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, "a@x.de\r\n\nüser 2\n{odd}\nlast", "text/plain");
        (await ReadAsync(iterable, projectType)).ShouldBe(["a@x.de", "üser 2", "{odd}", "last"]);
        iterable.Asked.Single().Path.ShouldBe(path);
    }

    [Fact]
    public async Task ReadAsync_EmptyList_HasNobody()
    {
        using var iterable = new ScriptedIterable();
        (await ReadAsync(iterable.Then(HttpStatusCode.OK, "", "text/plain"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_BreaksOff_IsBegunAgainAndMissesNobody()
    {
        using var iterable = new ScriptedIterable();
        iterable
            .Then(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BrokenStream("a@x.de\nb@x.de\nc@")) }))
            .Then(HttpStatusCode.OK, "<html>gateway</html>", "text/html")
            .Then(HttpStatusCode.OK, """{"code":"GenericError"}""")
            .Then(HttpStatusCode.OK, "a@x.de\n" + new string('x', 3000), "text/plain")
            .Then(HttpStatusCode.OK, "c@x.de\nb@x.de\na@x.de\n", "text/plain");
        (await ReadAsync(iterable)).Distinct().Order().ShouldBe(["a@x.de", "b@x.de", "c@x.de"]);
    }

    [Fact]
    public async Task ReadAsync_NeverWhole_Fails()
    {
        using var iterable = new ScriptedIterable();
        iterable.Times(5, i => i.Then(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BrokenStream("a@x.de\n")) })));
        var error = await Should.ThrowAsync<DestinationException>(() => ReadAsync(iterable));
        error.IsTransient.ShouldBeTrue();
        error.ToString().ShouldNotContain("a@x.de");
    }

    [Fact]
    public async Task ReadAsync_GivenUpHalfway_EndsTheCall()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.OK, string.Join('\n', Enumerable.Range(0, 50_000).Select(i => $"p{i}@x.de")), "text/plain");
        await foreach (var _ in iterable.Open().ReadAsync(7, Token))
        {
            break;
        }

        iterable.Asked.Count.ShouldBe(1);
    }

    private static async Task<List<string>> ReadAsync(ScriptedIterable iterable, ProjectType projectType = ProjectType.Email)
    {
        var read = new List<string>();
        await foreach (var line in iterable.Open(projectType).ReadAsync(7, Token))
        {
            read.Add(line);
        }

        return read;
    }

    private sealed class BrokenStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is > 0 and var read ? read : throw new IOException("broke off");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }
}
