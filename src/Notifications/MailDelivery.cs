using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Muster.Control.Notifications;

namespace Muster.Notifications;

/// <summary>Tells by email.</summary>
internal sealed class MailDelivery(MailOptions options, TimeProvider clock) : IDeliveryChannel
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public NotificationChannel Channel => NotificationChannel.Email;

    public string? Unavailable => options.Host is null ? "No mail server is set: MUSTER_SMTP_HOST." : null;

    public async Task SendAsync(Notification notification, NotificationDelivery delivery, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var message = Message(notification, delivery);
            using var client = new SmtpClient { ServerCertificateValidationCallback = options.Trust };
            await client.ConnectAsync(options.Host!, options.Port, Security, either.Token);
            if (options.User is not null)
            {
                await client.AuthenticateAsync(options.User, options.Password ?? "", either.Token);
            }

            await client.SendAsync(message, either.Token);
            await client.DisconnectAsync(quit: true, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException("The mail server did not answer within 30 seconds.", isFinal: false, e);
        }
        catch (SmtpCommandException e)
        {
            throw new DeliveryException(
                string.Create(CultureInfo.InvariantCulture, $"The mail server refused it ({(int)e.StatusCode})."), isFinal: (int)e.StatusCode is >= 500 and < 600, e);
        }
        catch (Exception e) when (e is AuthenticationException or SslHandshakeException or NotSupportedException)
        {
            throw new DeliveryException("The mail server did not accept the sign-in or the encryption: check the MUSTER_SMTP_ settings.", isFinal: false, e);
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException)
        {
            throw new DeliveryException("The mail server could not be reached, or broke the connection: check MUSTER_SMTP_HOST and MUSTER_SMTP_PORT.", isFinal: false, e);
        }
    }

    private SecureSocketOptions Security => options.Security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    private MimeMessage Message(Notification notification, NotificationDelivery delivery)
    {
        var from = MailboxAddress.Parse(options.From);
        var message = new MimeMessage
        {
            Subject = notification.Subject.ReplaceLineEndings(" "),
            // The same for each try: a mailbox that took an earlier one without saying so shows it once.
            MessageId = string.Create(CultureInfo.InvariantCulture, $"muster-{notification.At.UtcTicks}-{delivery.Id}@{from.Domain}"),
            Date = notification.At,
            Body = new TextPart("plain") { Text = notification.Text },
        };
        message.From.Add(new MailboxAddress("Muster", from.Address));
        message.To.Add(MailboxAddress.Parse(delivery.Recipient));
        // No out-of-office replies.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
