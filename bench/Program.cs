using System.CommandLine;
using Muster.Bench.Import;

var root = new RootCommand("Whole-program measurements of Muster.")
{
    ImportCommand.Create(),
    HostCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
