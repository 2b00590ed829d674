"""A schedule in any loop: `follow(schedule)` goes step by step, `with_lr(loader, schedule)` batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Generic, SupportsIndex, TypeVar, cast

from pywarmup import _core
from pywarmup.compose import Shift
from pywarmup.schedule import Schedule

Batch = TypeVar("Batch")


def follow(schedule: Schedule, start: SupportsIndex = 0) -> Iterator[tuple[int, float]]:
    """Return an iterator of the steps of a schedule, each with its value.

    It ends where the schedule ends, however late it starts: a resumed run goes through the pairs that were left. A
    schedule without an end is followed for ever.

    Args:
        schedule: Any schedule.
        start: The first step, an integer from 0 to 2**53: how many updates have been made already.

    Returns:
        An iterator of `(step, schedule(step))`, an int and a float; empty if the schedule has ended by `start`.

    Raises:
        TypeError: For what is no schedule, or a `start` that is no integer.
        ValueError: For a `start` out of range.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.warmup_linear(0.1, warmup_steps=2, total_steps=4)
        >>> for step, lr in pw.follow(s):
        ...     print(step, lr)
        0 0.0
        1 0.05
        2 0.1
        3 0.05
        >>> list(pw.follow(s, start=3))
        [(3, 0.05)]

    Same as:
        `enumerate(schedule)` from step 0.
    """
    _core.check("follow", "schedule", _core.Rule.schedule, schedule)
    first = schedule._index("start", start, 0)
    if schedule.total_steps is not None and first >= schedule.total_steps:
        return iter(())
    # Not schedule.shift(first): of a shifted schedule it adds up the shifts, which rounds.
    return enumerate(Shift(schedule, first) if first else schedule, first)


def with_lr(loader: Iterable[Batch], schedule: Schedule, *, start: SupportsIndex = 0) -> Batches[Batch]:
    """Return the batches of a loader, each with the learning rate of its update.

    Make it once, before the epochs: its step goes on from one epoch to the next. One batch is one update; where
    gradients are accumulated over several batches, count the updates and ask `schedule(update)`.

    Every batch is handed out, past the end of the schedule too: there the schedule says what it says past its end.

    Args:
        loader: Any iterable of batches, iterated once in each epoch.
        schedule: Any schedule.
        start: The step of the first batch, an integer from 0 to 2**53: how many updates have been made already.

    Returns:
        An iterable of `(batch, schedule(step))`, as long as the loader if that has a length.

    Raises:
        TypeError: For what is no iterable, no schedule, or a `start` that is no integer.
        ValueError: For a `start` out of range.

    Example:
        >>> import pywarmup as pw
        >>> batches = pw.with_lr(["a", "b"], pw.Linear(0.0, 1.0, steps=4))
        >>> for epoch in range(2):
        ...     for batch, lr in batches:
        ...         print(epoch, batch, lr)
        0 a 0.0
        0 b 0.25
        1 a 0.5
        1 b 0.75
        >>> batches.step  # save it, and give it as `start` to resume
        4
    """
    if not (hasattr(type(loader), "__iter__") or hasattr(type(loader), "__getitem__")):
        raise TypeError(f"with_lr: `loader` must be an iterable of batches, got {type(loader).__name__}")
    _core.check("with_lr", "schedule", _core.Rule.schedule, schedule)
    return Batches(loader, schedule, schedule._index("start", start, 0))


class Batches(Generic[Batch]):
    """What `with_lr` returns.

    Attributes:
        loader: Where the batches come from.
        schedule: Where the learning rates come from.
        step: The step of the next batch. While a batch is trained on, it counts that batch already: saved after
            the update, it is how many updates have been made.
    """

    def __init__(self, loader: Iterable[Batch], schedule: Schedule, step: int) -> None:
        self.loader = loader
        self.schedule = schedule
        self.step = step

    def __iter__(self) -> Iterator[tuple[Batch, float]]:
        for batch in self.loader:
            lr = self.schedule(self.step)
            self.step += 1
            yield batch, lr

    def __len__(self) -> int:
        return len(cast(Sized, self.loader))

    def __repr__(self) -> str:
        return f"with_lr({self.loader!r}, {self.schedule!r}, start={self.step})"
