using System.CommandLine;
using Muster.Bench.Diff;
using Muster.Bench.Import;
using Muster.Bench.Push;

var root = new RootCommand("Whole-program measurements of Muster.")
{
    ImportCommand.Create(),
    HostCommand.Create(),
    PushCommand.Create(),
    ManyCommand.Create(),
    DiffCommand.Create(),
    DiffCommand.CreateMeasure(),
};
return await root.Parse(args).InvokeAsync();
