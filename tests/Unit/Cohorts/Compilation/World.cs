using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;

namespace Muster.Tests.Unit.Cohorts.Compilation;

/// <summary>A person: an id, the id it was merged into, and the profile, if it has one.</summary>
public sealed record Person(int Id, int CanonicalId, string DistinctId, string? Profile);

/// <summary>An event; <paramref name="PersonId"/> is the id it was sent under, null for nobody.</summary>
public sealed record Happening(int? PersonId, string Name, DateTime Time, string Properties);

/// <summary>A project as a cohort sees it.</summary>
public sealed record World(DateTimeOffset Now, string Zone, IReadOnlyList<Person> People, IReadOnlyList<Happening> Events)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"now {Now:O} in {Zone}");
        foreach (var person in People)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{person.Id} -> {person.CanonicalId} {person.Profile ?? "no profile"}");
        }

        foreach (var happening in Events)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{happening.PersonId} {happening.Time:O} {happening.Name} {happening.Properties}");
        }

        return text.ToString();
    }

    /// <summary>Writes it into the store as a project of its own; ids are shifted by <paramref name="offset"/>.</summary>
    internal void Write(DuckDBConnection connection, int projectId, int offset, int addedColumns = 0)
    {
        using var transaction = connection.BeginTransaction();
        using (var identity = connection.CreateAppender("identity"))
        using (var alias = connection.CreateAppender("alias"))
        using (var profile = connection.CreateAppender("profile"))
        {
            foreach (var person in People)
            {
                identity.CreateRow().AppendValue(offset + person.Id).AppendValue(projectId).AppendValue(person.DistinctId).EndRow();
                if (person.CanonicalId != person.Id)
                {
                    alias.CreateRow().AppendValue(offset + person.Id).AppendValue(projectId).AppendValue(offset + person.CanonicalId).EndRow();
                }

                if (person.Profile is { } properties)
                {
                    profile.CreateRow().AppendValue(offset + person.Id).AppendValue(projectId).AppendValue(properties)
                        .AppendNullValue().AppendNullValue().AppendNullValue().AppendNullValue().AppendNullValue().End(addedColumns);
                }
            }
        }

        var names = Events.Select(e => e.Name).Distinct().ToList();
        using (var name = connection.CreateAppender("event_name"))
        {
            for (var i = 0; i < names.Count; i++)
            {
                name.CreateRow().AppendValue(offset + i).AppendValue(projectId).AppendValue(names[i]).EndRow();
            }
        }

        using (var rows = connection.CreateAppender("event"))
        {
            foreach (var happening in Events)
            {
                rows.CreateRow().AppendValue(projectId).AppendValue(offset + names.IndexOf(happening.Name))
                    .AppendValue(happening.PersonId is { } id ? offset + id : null).AppendValue(happening.Time).AppendValue("i")
                    .AppendNullValue().AppendValue(happening.Properties).AppendValue(happening.Time).AppendNullValue().End(addedColumns);
            }
        }

        transaction.Commit();
    }

    /// <summary>What a query returns, as the ids of this world.</summary>
    internal static IReadOnlyList<int> Run(DuckDBConnection connection, MemberQuery query, int offset)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query.Sql;
        foreach (var (name, value) in query.Parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        var members = new List<int>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            members.Add(reader.GetInt32(0) - offset);
        }

        members.Sort();
        return members;
    }
}

internal static class AppenderRows
{
    /// <summary>Ends a row of a table that got more columns.</summary>
    public static void End(this IDuckDBAppenderRow row, int addedColumns)
    {
        for (var i = 0; i < addedColumns; i++)
        {
            row.AppendDefault();
        }

        row.EndRow();
    }
}
