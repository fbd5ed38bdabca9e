using Microsoft.Extensions.Time.Testing;
using Muster.Control.Notifications;
using Muster.Notifications;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Notifications;

/// <summary>Mail to a real server, encrypted and not, and what is shown when it does not arrive.</summary>
public sealed class MailDeliveryTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Send_EncryptedWithASignIn_ArrivesEncrypted(MailSecurity security)
    {
        await using var server = new MailServer(security) { SignIn = "muster secret" };

        await SendAsync(Options(server, security) with { User = "muster", Password = "secret" });

        var mail = server.Mails.ShouldHaveSingleItem();
        mail.ShouldStartWith("encrypted\n");
        mail.ShouldContain("Subject: paused");
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Send_CertificateNobodyVouchesFor_IsRefusedAndSaysWhatToCheck(MailSecurity security)
    {
        await using var server = new MailServer(security);

        var failure = await FailsAsync(Options(server, security) with { Trust = null });

        failure.Message.ShouldContain("MUSTER_SMTP_");
        failure.IsFinal.ShouldBeFalse();
        server.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_ServerCannotEncrypt_IsNotSentInTheClear()
    {
        await using var server = new MailServer(MailSecurity.None);

        (await FailsAsync(Options(server, MailSecurity.StartTls))).Message.ShouldContain("encryption");

        server.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_PasswordIsWrong_SaysWhatToCheckAndNoSecret()
    {
        await using var server = new MailServer(MailSecurity.Tls) { SignIn = "muster secret" };

        var failure = await FailsAsync(Options(server, MailSecurity.Tls) with { User = "muster", Password = "guess-1234" });

        failure.Message.ShouldContain("sign-in");
        failure.Message.ShouldNotContain("guess-1234");
    }

    [Fact]
    public async Task Send_ServerSaysNothing_IsGivenUpAfterHalfAMinute()
    {
        await using var server = new MailServer { IsSilent = true };
        var sending = SendAsync(Options(server, MailSecurity.None));
        await server.AskedAsync(Stop);

        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(30));

        var failure = await Should.ThrowAsync<DeliveryException>(() => sending);
        failure.Message.ShouldContain("30 seconds");
        failure.IsFinal.ShouldBeFalse();
    }

    private static MailOptions Options(MailServer server, MailSecurity security) => new()
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Security = security,
        From = "muster@shop.example",
        Trust = (_, certificate, _, _) => certificate?.GetCertHashString() == server.Certificate?.GetCertHashString(),
    };

    private Task<DeliveryException> FailsAsync(MailOptions options) => Should.ThrowAsync<DeliveryException>(() => SendAsync(options));

    private Task SendAsync(MailOptions options) => new MailDelivery(options, _clock).SendAsync(
        new Notification { ProjectId = 1, Kind = NotificationKind.Paused, Subject = "paused", Text = "What it means.", At = _clock.GetUtcNow() },
        new NotificationDelivery { NotificationId = 1, ProjectId = 1, Channel = NotificationChannel.Email, Recipient = "ana@shop.example", Status = DeliveryStatus.Pending },
        Stop);
}
