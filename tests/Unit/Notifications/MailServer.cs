using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Muster.Notifications;

namespace Muster.Tests.Unit.Notifications;

/// <summary>A mail server on a free port that takes or refuses what it is given, over TLS with a certificate it made itself when that is asked for.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly MailSecurity _security;
    private readonly SemaphoreSlim _asked = new(0);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public MailServer(MailSecurity security = MailSecurity.None)
    {
        _security = security;
        if (security != MailSecurity.None)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = TimeProvider.System.GetUtcNow();
            Certificate = new CertificateRequest("CN=mail.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        }

        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it shows itself with.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Whether it takes connections and says nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The sign-in it takes, as <c>user password</c>; null: it wants none.</summary>
    public string? SignIn { get; init; }

    /// <summary>Waits until someone connects.</summary>
    public Task AskedAsync(CancellationToken cancellationToken) => _asked.WaitAsync(cancellationToken);

    /// <summary>The answer to a recipient.</summary>
    public string RecipientAnswer { get; set; } = "250 ok";

    /// <summary>The mails taken, as they came.</summary>
    public List<string> Mails { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
        _listener.Dispose();
        _asked.Dispose();
        Certificate?.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _asked.Release();
                await ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped; between two clients, the listener says so by InvalidOperationException.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var plain = client.GetStream();
            if (IsSilent)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            }

            if (_security == MailSecurity.Tls)
            {
                await using var encrypted = await EncryptAsync(plain);
                await TalkAsync(encrypted, "220 test", isEncrypted: true);
            }
            else if (!await TalkAsync(plain, "220 test", isEncrypted: false))
            {
                await using var encrypted = await EncryptAsync(plain);
                await TalkAsync(encrypted, greeting: null, isEncrypted: true);
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Whoever talked to it did not like it.
        }
    }

    private async Task<SslStream> EncryptAsync(NetworkStream plain)
    {
        var encrypted = new SslStream(plain, leaveInnerStreamOpen: true);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
        return encrypted;
    }

    /// <summary>Talks to its end; false: it is to go on encrypted.</summary>
    private async Task<bool> TalkAsync(Stream stream, string? greeting, bool isEncrypted)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
        if (greeting is not null)
        {
            await writer.WriteLineAsync(greeting);
        }

        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-test");
                    await writer.WriteLineAsync(_security == MailSecurity.StartTls && !isEncrypted ? "250 STARTTLS" : "250 AUTH PLAIN");
                    break;
                case "STARTTLS":
                    await writer.WriteLineAsync("220 go on");
                    return false;
                case "AUTH":
                    var given = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Replace('\0', ' ').Trim();
                    await writer.WriteLineAsync(given == SignIn ? "235 welcome" : "535 who are you");
                    break;
                case "RCPT":
                    await writer.WriteLineAsync(RecipientAnswer);
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var mail = new StringBuilder(isEncrypted ? "encrypted\n" : "");
                    while (await reader.ReadLineAsync(_stop.Token) is { } content && content != ".")
                    {
                        mail.AppendLine(content);
                    }

                    Mails.Add(mail.ToString());
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return true;
                default:
                    await writer.WriteLineAsync("250 ok");
                    break;
            }
        }

        return true;
    }
}
