"""The process-wide question: `pywarmup.use(schedule)`, then `pywarmup.lr(step)` from any loop."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pywarmup import _core
from pywarmup.schedule import Schedule, Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

Some = TypeVar("Some", bound=Schedule)


class _Restore(threading.local):
    """What each thread's `with` blocks put back when they end."""

    def __init__(self) -> None:
        self.pending: list[Schedule | None] = []  # of the last `use`, until a block begins
        self.stack: list[Schedule | None] = []


_restore = _Restore()
# Rebinding one global is atomic: a thread sees one schedule or the other, never a mixture.
_schedule: Schedule | None = None


def use(schedule: Some) -> Some:
    """Make a schedule the one that `pywarmup.lr` asks, in all threads, and return it.

    As a context manager it restores what was in use before.

    Args:
        schedule: The schedule to ask from now on.

    Returns:
        The schedule.

    Raises:
        TypeError: For what is no schedule.

    Example:
        >>> import pywarmup as pw
        >>> with pw.use(pw.Constant(0.1)):
        ...     pw.lr(7)
        0.1
    """
    global _schedule
    _core.check("use", "schedule", _core.Rule.schedule, schedule)
    _restore.pending = [_schedule]
    _schedule = schedule
    return schedule


def enter(schedule: Some) -> Some:
    """Begin a `with use(schedule)` block."""
    if not _restore.pending or _schedule is not schedule:
        raise LookupError(f"{type(schedule).__name__}: not in use; write `with pywarmup.use(schedule):`")
    _restore.stack.append(_restore.pending.pop())
    return schedule


def leave() -> None:
    """End the innermost `with use(schedule)` block of this thread."""
    global _schedule
    _schedule = _restore.stack.pop()


@overload
def lr(step: Step) -> float: ...
@overload
def lr(step: ArrayLike) -> NDArray[np.float64]: ...
def lr(step: Any) -> Any:
    """Return the value of the schedule in use at a step: `s(step)` for the `s` of `pywarmup.use(s)`.

    Args:
        step: What a schedule accepts: a number >= 0, or an array of them.

    Returns:
        A float, or an array of float64 for an array.

    Raises:
        LookupError: If no schedule is in use.
        TypeError: For what is no number, bool among them.
        ValueError: For a step that is negative, not finite or above 2**53.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.use(pw.Linear(0.0, 1.0, steps=4))
        >>> pw.lr(1)
        0.25
    """
    schedule = _schedule
    if schedule is None:
        raise LookupError("lr: no schedule is in use; call pywarmup.use(schedule) first")
    return schedule(step)
