using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion;

/// <summary>What a request asks for beside its records: parameters of the query, and fields of the form where the query has none.</summary>
internal sealed class RequestFields(HttpRequest request, Body? body)
{
    /// <summary>The value of a parameter; null when it is not there.</summary>
    public string? Find(string name) =>
        request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : body?.Fields?.GetValueOrDefault(name);

    /// <summary>Whether a parameter is there and not 0.</summary>
    public bool IsOn(string name) => Find(name) is not (null or "" or "0");
}
