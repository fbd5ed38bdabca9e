namespace Muster.Warehouse;

/// <summary>The store cannot be opened or cannot take writes now. The message says what to do; nothing was changed.</summary>
public sealed class WarehouseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
