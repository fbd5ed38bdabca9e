using System.Net.Security;

namespace Muster.Notifications;

/// <summary>The mail server that notifications are sent over.</summary>
public sealed record MailOptions
{
    /// <summary>Its host; null: there is none, and nothing is sent by email.</summary>
    public string? Host { get; init; }

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 587;

    /// <summary>How the connection is encrypted.</summary>
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>Who signs in there; null: nobody does.</summary>
    public string? User { get; init; }

    /// <summary>With which password.</summary>
    public string? Password { get; init; }

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "muster@localhost";

    /// <summary>Decides whose certificate is believed; null: the machine's store of authorities does.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; init; }
}

/// <summary>How a connection to a mail server is encrypted.</summary>
public enum MailSecurity
{
    /// <summary>Begun in the clear, then encrypted; refused when the server cannot.</summary>
    StartTls,

    /// <summary>Encrypted from the start.</summary>
    Tls,

    /// <summary>Not at all: for a server on the same machine.</summary>
    None,
}
