"""Ignite's ways to put one scheduler after another. What they take and return here are schedules of pywarmup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat._curves import between
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear

Rule = _core.Rule


def ConcatScheduler(  # noqa: N802
    schedulers: Sequence[Schedule], durations: Sequence[int], save_history: bool = False
) -> Schedule:
    """Return Ignite's ConcatScheduler: each schedule from its own step 0 for its duration, the last one for ever.

    A first duration of 0 leaves its schedule out. Any other that is 0, or a negative one, never ends, as in Ignite.

    Args:
        schedulers: At least two schedules.
        durations: Integers, one less than there are schedules.
        save_history: Not used.

    Raises:
        ValueError: For too few, or durations that are not as many as they must be, or no integers.
        TypeError: For what is no sequence, or no schedule.

    Example:
        >>> from pywarmup.compat import ignite
        >>> line = ignite.PiecewiseLinear("lr", [(0, 0.0), (4, 1.0)])
        >>> ignite.ConcatScheduler([line, line], [2])[:6]
        array([0.  , 0.25, 0.  , 0.25, 0.5 , 0.75])

    Same as:
        ignite `ConcatScheduler(schedulers, durations)`.
    """
    owner = "ConcatScheduler"
    _checks.flags(owner, save_history=save_history)
    given = _schedules(schedulers)
    if not isinstance(durations, list | tuple):
        raise TypeError(f"{owner}: `durations` must be a list of integers, got {durations!r}")
    lengths = [_checks.integer(owner, f"durations[{i}]", length) for i, length in enumerate(durations)]
    if len(lengths) != len(given) - 1:
        raise ValueError(
            f"{owner}: `durations` must be {len(given) - 1}, one less than `schedulers`, got {len(lengths)}"
        )
    if lengths[0] == 0:
        given, lengths = given[1:], lengths[1:]
    count = next((i for i, length in enumerate(lengths) if length <= 0), len(lengths))
    return join(*[_lasting(given[i], lengths[i]) for i in range(count)], given[count])


def create_lr_scheduler_with_warmup(
    lr_scheduler: Schedule,
    warmup_start_value: float,
    warmup_duration: int,
    warmup_end_value: float | None = None,
    save_history: bool = False,
    output_simulated_values: Any = None,
    *,
    base_lr: float | None = None,
) -> Schedule:
    """Return Ignite's warmup before a schedule: a straight line to `warmup_end_value` at `warmup_duration - 1`.

    Where that value is the schedule's first one, the schedule begins there, at that step; else one step later.

    Args:
        lr_scheduler: A schedule, of `pywarmup.compat.ignite` or of `pywarmup.compat.torch`.
        warmup_start_value: The first value.
        warmup_duration: Steps, an integer >= 2.
        warmup_end_value: The value at the last of them; `base_lr` unless it is given.
        save_history: Not used.
        output_simulated_values: Not used; slice the schedule.
        base_lr: The rate that the optimizer has when this is called. That is the schedule's first one (the default
            here) if it is torch's, which writes it; a scheduler of Ignite does not.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number, or no schedule.

    Example:
        >>> from pywarmup.compat import ignite
        >>> line = ignite.PiecewiseLinear("lr", [(0, 0.3), (3, 0.0)])
        >>> ignite.create_lr_scheduler_with_warmup(line, 0.1, 3)[:6]
        array([0.1, 0.2, 0.3, 0.2, 0.1, 0. ])

    Same as:
        ignite `create_lr_scheduler_with_warmup(lr_scheduler, warmup_start_value, warmup_duration, warmup_end_value)`.
    """
    owner = "create_lr_scheduler_with_warmup"
    _core.check(owner, "lr_scheduler", Rule.schedule, lr_scheduler)
    _checks.flags(owner, save_history=save_history)
    start = _checks.number(owner, "warmup_start_value", warmup_start_value)
    steps = _checks.integer(owner, "warmup_duration", warmup_duration, 2)
    first = lr_scheduler(0)
    found = first if base_lr is None else _checks.rate(owner, base_lr)
    end = found if warmup_end_value is None else _checks.number(owner, "warmup_end_value", warmup_end_value)
    warmup = between(Linear, start, end, steps=steps - 1)
    return join(warmup if end == first else warmup.until(steps), lr_scheduler)


def _schedules(schedulers: object) -> list[Schedule]:
    if not isinstance(schedulers, list | tuple):
        raise TypeError(f"ConcatScheduler: `schedulers` must be a list of schedules, got {schedulers!r}")
    if len(schedulers) < 2:
        raise ValueError(f"ConcatScheduler: `schedulers` must be at least two, got {len(schedulers)}")
    return [_core.check("ConcatScheduler", f"schedulers[{i}]", Rule.schedule, one) for i, one in enumerate(schedulers)]


def _lasting(schedule: Schedule, steps: int) -> Schedule:
    return Constant(schedule.value, steps=steps) if isinstance(schedule, Constant) else schedule.until(steps)
