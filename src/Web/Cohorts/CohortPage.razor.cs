using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Muster.Control.Api;
using Muster.Web.Api;
using Muster.Web.Cohorts.Builder;
using Muster.Web.Elements;

namespace Muster.Web.Cohorts;

/// <summary>Writes a cohort: in sentences or in JSON, with its count as it is typed.</summary>
public partial class CohortPage
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(350);

    private GroupDraft _draft = new();
    private Suggestions _suggestions = Suggestions.None;
    private CountedSample? _counted;
    private IReadOnlyList<Fault> _faults = [];
    private Refusal? _refusal;
    private string? _name;
    private string? _description;
    private string? _json;
    private string? _jsonFault;
    private bool _isJson;
    private bool _isLoaded;
    private bool _isBusy;
    private bool _isCounting;
    private bool _isRestored;
    private bool _isUploaded;
    private int _changes;

    /// <summary>The cohort; null: a new one.</summary>
    [Parameter]
    public int? CohortId { get; set; }

    private string Key => string.Create(CultureInfo.InvariantCulture, $"cohort:{ProjectId}:{CohortId ?? 0}");

    private string CountText => _jsonFault is not null ? "The JSON cannot be read yet."
        : _isUploaded ? "Of the ids that were uploaded."
        : _draft.Items.Count == 0 ? "Add a condition to see how many people satisfy it."
        : !_draft.IsComplete ? "Fill in the blanks to see how many people satisfy it."
        : _faults.Count > 0 ? "The definition has faults; see there."
        : _isCounting ? "Counting …"
        : "Computed over everyone, as of this moment.";

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        if (CohortId is { } id)
        {
            var read = await Api.GetAsync<CohortItem>($"cohorts/{id}", Left);
            if (read.Value is not { } cohort)
            {
                _refusal = read.Refusal;
                return;
            }

            Show(cohort);
        }

        if (IsAnalyst && await Js.InvokeAsync<string?>("muster.kept", Left, Key) is { } kept && JsonSerializer.Deserialize<Kept>(kept) is { } typed)
        {
            (_name, _description, _isRestored) = (typed.Name, typed.Description, true);
            TakeJson(typed.Definition);
        }

        _isLoaded = true;
        StateHasChanged();
        await CountAsync();
        StateHasChanged();
        var schema = await Api.GetAsync<SchemaItem>($"projects/{ProjectId}/schema", Left);
        var cohorts = await Api.ListAsync<CohortItem>($"projects/{ProjectId}/cohorts", Left);
        _suggestions = new Suggestions(schema.Value ?? Suggestions.None.Schema, [.. (cohorts.Value ?? []).Where(c => c.Id != CohortId)]);
    }

    private void Show(CohortItem cohort)
    {
        (_name, _description, _isUploaded) = (cohort.Name, cohort.Description, cohort.Definition is null);
        _counted = _isUploaded && cohort.Count is { } count ? new CountedSample(count, []) : null;
        if (cohort.Definition is { } definition)
        {
            _draft = DraftReader.ReadRoot(definition);
            _json = DraftWriter.Text(_draft);
        }
    }

    private void ShowJson(bool isJson)
    {
        _isJson = isJson;
        if (isJson && _jsonFault is null)
        {
            _json = _draft.Items.Count == 0 ? "" : DraftWriter.Text(_draft);
        }
    }

    private Task JsonChangedAsync(string? text)
    {
        TakeJson(text);
        return ChangedAsync();
    }

    private void TakeJson(string? text)
    {
        (_json, _jsonFault) = (text, null);
        if (string.IsNullOrWhiteSpace(text))
        {
            _draft = new GroupDraft();
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            _draft = DraftReader.ReadRoot(document.RootElement);
        }
        catch (JsonException e)
        {
            _jsonFault = $"This is no JSON yet: {e.Message}";
        }
    }

    private async Task KeepAsync(Action change)
    {
        change();
        await KeepTypedAsync();
    }

    // Each change is kept in the browser, and counted once typing pauses.
    private async Task ChangedAsync()
    {
        await KeepTypedAsync();
        var change = ++_changes;
        await Task.Delay(TypingPause, Clock, Left);
        if (change == _changes)
        {
            await CountAsync();
        }
    }

    private async Task KeepTypedAsync()
    {
        var definition = _jsonFault is not null ? _json : _draft.Items.Count == 0 ? null : DraftWriter.Text(_draft);
        await Js.InvokeVoidAsync("muster.keep", Left, Key, JsonSerializer.Serialize(new Kept(_name, _description, definition)));
    }

    private async Task CountAsync()
    {
        if (_isUploaded || !IsAnalyst)
        {
            return;
        }

        _faults = [];
        if (!_draft.IsComplete || _jsonFault is not null)
        {
            _counted = null;
            return;
        }

        _isCounting = true;
        StateHasChanged();
        var change = _changes;
        var counted = await Api.PostAsync<CountedSample>($"projects/{ProjectId}/cohorts/preview", new { definition = DraftWriter.Write(_draft) }, Left);
        if (change != _changes)
        {
            return;
        }

        _isCounting = false;
        _counted = counted.Value;
        _faults = counted.Refusal is { } refusal ? refusal.Errors ?? [new Fault("", refusal.Detail)] : [];
    }

    private async Task SaveAsync()
    {
        _isBusy = true;
        var body = new Dictionary<string, object?> { ["name"] = _name, ["description"] = string.IsNullOrWhiteSpace(_description) ? null : _description };
        if (!_isUploaded && _draft.Items.Count > 0)
        {
            body["definition"] = DraftWriter.Write(_draft);
        }

        var saved = CohortId is { } id
            ? await Api.SendAsync<CohortItem>(HttpMethod.Patch, $"cohorts/{id}", body, Left)
            : await Api.PostAsync<CohortItem>($"projects/{ProjectId}/cohorts", body, Left);
        (_refusal, _isBusy) = (saved.Refusal, false);
        if (saved.Value is not { } cohort)
        {
            _faults = _draft.Items.Count == 0 && !_isUploaded
                ? [new Fault("", "A cohort needs at least one condition.")]
                : [.. (saved.Refusal?.Errors ?? []).Where(e => e.Path.StartsWith("/definition", StringComparison.Ordinal))];
            return;
        }

        await Js.InvokeVoidAsync("muster.forget", Left, Key);
        Tell(null, $"{cohort.Name} is saved: {Figures.Of(cohort.Count ?? 0, "member")}");
        Navigation.NavigateTo($"{Root}/cohorts");
    }

    private async Task DiscardAsync()
    {
        await Js.InvokeVoidAsync("muster.forget", Left, Key);
        (_isRestored, _isLoaded, _name, _description, _json, _jsonFault, _draft) = (false, false, null, null, null, null, new GroupDraft());
        await LoadAsync();
    }

    private sealed record Kept(string? Name, string? Description, string? Definition);
}
