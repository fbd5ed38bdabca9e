using System.Reflection;
using Muster.Syncs.Ledger;

namespace Muster.Tests.Unit.Syncs;

/// <summary>When the process of a world dies: at one of the operations to come, before it is done or right after.</summary>
internal sealed class Death
{
    private int _operationsLeft;
    private bool _after;

    /// <summary>Ends the process.</summary>
    public Action Kill { get; set; } = () => { };

    /// <summary>Has it die at the operation of this number from now on; 0: not.</summary>
    public void Plan(int operation, bool after) => (_operationsLeft, _after) = (operation, after);

    /// <summary>Does an operation, or dies of it.</summary>
    public object? Around(Func<object?> operation)
    {
        if (_operationsLeft == 0 || Interlocked.Decrement(ref _operationsLeft) != 0)
        {
            return operation();
        }

        if (_after && operation() is Task task)
        {
            task.GetAwaiter().GetResult();
        }

        Kill();
        throw new OperationCanceledException();
    }
}

/// <summary>An interface whose asynchronous operations the process may die of.</summary>
#pragma warning disable CA1852 // Its subtypes are the proxies, made at run time.
internal class Mortal<T> : DispatchProxy
#pragma warning restore CA1852
    where T : class
{
    private T _inner = null!;
    private Death _death = null!;
    private Action<object?[]>? _recorded;

    /// <param name="inner">What does the work.</param>
    /// <param name="death">When the process dies.</param>
    /// <param name="recorded">Called once an acknowledgement is durable, with the arguments of <see cref="IRunLedger.RecordAsync"/>.</param>
    public static T Of(T inner, Death death, Action<object?[]>? recorded = null)
    {
        var proxy = Create<T, Mortal<T>>();
        var mortal = (Mortal<T>)(object)proxy;
        (mortal._inner, mortal._death, mortal._recorded) = (inner, death, recorded);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        typeof(Task).IsAssignableFrom(targetMethod!.ReturnType) ? _death.Around(() => Do(targetMethod, args)) : Do(targetMethod, args);

    private object? Do(MethodInfo method, object?[]? args)
    {
        var result = method.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        return method.Name == nameof(IRunLedger.RecordAsync) && _recorded is not null ? NoteAsync((Task)result!, args!)
            : result is Task<IRunWorkspace> opening ? OpenAsync(opening)
            : result;
    }

    private async Task NoteAsync(Task recording, object?[] args)
    {
        await recording;
        _recorded!(args);
    }

    private async Task<IRunWorkspace> OpenAsync(Task<IRunWorkspace> opening) => Mortal<IRunWorkspace>.Of(await opening, _death);
}
