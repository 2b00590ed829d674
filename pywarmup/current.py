"""The process-wide schedule: `pywarmup.use(schedule)`, then `pywarmup.lr(step)` from any loop.

The schedule itself is kept in the core (csrc/bindings/current.cpp), where `lr` finds it.
"""

from __future__ import annotations

import threading
from typing import TypeVar

from pywarmup import _core
from pywarmup.schedule import Schedule

Some = TypeVar("Some", bound=Schedule)


class _Restore(threading.local):
    """What each thread's `with` blocks put back when they end."""

    def __init__(self) -> None:
        self.pending: list[_core.Program | None] = []  # of the last `use`, until a block begins
        self.stack: list[_core.Program | None] = []


_restore = _Restore()


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
    _core.check("use", "schedule", _core.Rule.schedule, schedule)
    _restore.pending = [_core.current()]
    _core.set_current(schedule)
    return schedule


def enter(schedule: Some) -> Some:
    """Begin a `with use(schedule)` block."""
    if not _restore.pending or _core.current() is not schedule:
        raise LookupError(f"{type(schedule).__name__}: not in use; write `with pywarmup.use(schedule):`")
    _restore.stack.append(_restore.pending.pop())
    return schedule


def leave() -> None:
    """End the innermost `with use(schedule)` block of this thread."""
    _core.set_current(_restore.stack.pop())
