using Microsoft.EntityFrameworkCore;

namespace Muster.Control.People;

/// <summary>The tables of people, memberships and sessions.</summary>
internal static class PeopleModel
{
    // What ASP.NET Core Identity bounds its texts to.
    private const int LongestName = 256;
    private const int HexSha256 = 64;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<Person>(person =>
        {
            person.HasIndex(p => p.NormalizedUserName).IsUnique();
            person.HasIndex(p => p.NormalizedEmail).IsUnique();
            person.HasIndex(p => new { p.OidcIssuer, p.OidcSubject }).IsUnique();
            person.Property(p => p.UserName).HasMaxLength(LongestName);
            person.Property(p => p.NormalizedUserName).HasMaxLength(LongestName);
            person.Property(p => p.Email).HasMaxLength(LongestName);
            person.Property(p => p.NormalizedEmail).HasMaxLength(LongestName);
            person.Property(p => p.ResetHash).HasMaxLength(HexSha256);
            person.HasIndex(p => p.ResetHash).IsUnique();
            person.Property(p => p.ConcurrencyStamp).IsConcurrencyToken();
            person.Ignore(p => p.PhoneNumber).Ignore(p => p.PhoneNumberConfirmed);
        });
        model.Entity<Membership>(membership =>
        {
            membership.HasIndex(m => new { m.ProjectId, m.PersonId }).IsUnique();
            membership.HasIndex(m => m.PersonId);
            membership.Property(m => m.InvitationHash).HasMaxLength(HexSha256);
            membership.HasIndex(m => m.InvitationHash).IsUnique();
        });
        model.Entity<Session>(session =>
        {
            session.Property(s => s.Hash).HasMaxLength(HexSha256);
            session.HasIndex(s => s.Hash).IsUnique();
            session.HasIndex(s => s.PersonId);
        });
    }
}
