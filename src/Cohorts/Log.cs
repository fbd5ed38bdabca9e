using Microsoft.Extensions.Logging;

namespace Muster.Cohorts;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Project {ProjectId}: a property that its cohorts read often gets a column of its own (promotion {Number})")]
    public static partial void Promoted(this ILogger logger, int projectId, int number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Columns of promoted properties could not be filled now; it is tried again in seconds")]
    public static partial void FillingPutOff(this ILogger logger, Exception e);
}
