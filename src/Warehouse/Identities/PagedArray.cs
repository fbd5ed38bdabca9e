namespace Muster.Warehouse.Identities;

/// <summary>An array without an end, whose pages are made when something is put into them; elsewhere it holds defaults.</summary>
internal sealed class PagedArray<T>
    where T : struct
{
    private const int PageBits = 12;
    private const int PageLength = 1 << PageBits;

    private T[]?[] _pages = [];

    public T this[int index]
    {
        get => (index >> PageBits) < _pages.Length && _pages[index >> PageBits] is { } page ? page[index & (PageLength - 1)] : default;
        set
        {
            var at = index >> PageBits;
            if (at >= _pages.Length)
            {
                Array.Resize(ref _pages, Math.Max(at + 1, _pages.Length * 2));
            }

            (_pages[at] ??= new T[PageLength])[index & (PageLength - 1)] = value;
        }
    }

    public void Clear() => _pages = [];
}
