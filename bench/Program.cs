using System.CommandLine;
using Muster.Bench.Backup;
using Muster.Bench.Cohorts;
using Muster.Bench.Diff;
using Muster.Bench.Import;
using Muster.Bench.Mtu;
using Muster.Bench.Push;
using Muster.Bench.Query;
using Muster.Bench.Webhooks;

var root = new RootCommand("Whole-program measurements of Muster.")
{
    ImportCommand.Create(),
    TrackCommand.Create(),
    EngageCommand.Create(),
    PushCommand.Create(),
    ManyCommand.Create(),
    MtuCommand.Create(),
    HooksCommand.Create(),
    ForwardCommand.Create(),
    CohortsCommand.Create(),
    CohortsCommand.CreateGrowth(),
    BesideIngestCommand.Create(),
    DiffCommand.Create(),
    EngagePagesCommand.Create(),
    DiffCommand.CreateMeasure(),
    BackupCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
