using System.CommandLine;
using Muster.Bench.Diff;
using Muster.Bench.Import;
using Muster.Bench.Mtu;
using Muster.Bench.Push;
using Muster.Bench.Webhooks;

var root = new RootCommand("Whole-program measurements of Muster.")
{
    ImportCommand.Create(),
    HostCommand.Create(),
    PushCommand.Create(),
    MtuCommand.Create(),
    HooksCommand.Create(),
    DiffCommand.Create(),
    DiffCommand.CreateMeasure(),
};
return await root.Parse(args).InvokeAsync();
