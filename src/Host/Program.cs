using System.CommandLine;
using Muster.Host.Commands;

var muster = new RootCommand("Turns cohorts of users into Iterable lists and keeps them true.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    SandboxCommand.Create(),
    ImportCommand.Create(),
    ProjectCommand.Create(),
    CohortCommand.Create(),
    ConnectionCommand.Create(),
    SyncCommand.Create(),
    RunCommand.Create(),
    UserCommand.Create(),
    NotificationCommand.Create(),
    ForwardingCommand.Create(),
    UsageCommand.Create(),
    TokenCommand.Create(),
    PersonCommand.Create(),
    AuditCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    DoctorCommand.Create(),
    SecretsCommand.Create(),
    VersionCommand.Create(),
};

return await CommandLine.RunAsync(muster, args);
