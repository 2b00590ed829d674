"""fvcore's values that change at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, repeat
from math import ceil
from operator import mul
from typing import Any

from pywarmup import _core
from pywarmup.compat.fvcore.where import EPSILON, first_where
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, PiecewiseConstant

Rule = _core.Rule


def MultiStepParamScheduler(  # noqa: N802
    values: Sequence[float],
    num_updates: float | None = None,
    milestones: Sequence[float] | None = None,
) -> Schedule:
    """Return fvcore's values between milestones, given in updates of a run of `num_updates`.

    A milestone comes 1e-6 of the run before its time, a whole update early in runs of a million. The schedule is still
    one of `where`, 1 step long. Past 1 fvcore raises; here the last value is held.

    Args:
        values: The values, at least one.
        num_updates: Length of the run that the milestones are counted in, at least as many as there are values; None
            takes the last milestone for it.
        milestones: Where the next value begins, > 0, increasing and less than num_updates; None divides the run evenly,
            rounded up to whole updates.

    Raises:
        TypeError: For what is no number.
        ValueError: For milestones that do not fit, out of order or out of range, or neither those nor num_updates.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> s = fvcore.MultiStepParamScheduler([1.0, 0.1, 0.01], num_updates=90, milestones=[30, 60])
        >>> s.stretch(90)([0, 29, 30, 60, 89])
        array([1.  , 1.  , 0.1 , 0.01, 0.01])

    Same as:
        `fvcore.common.param_scheduler.MultiStepParamScheduler`.
    """
    owner = "MultiStepParamScheduler"
    numbers = _core.check(owner, "values", Rule.numbers, values)
    total, steps = _milestones(owner, len(numbers), num_updates, milestones)
    if total < len(numbers):
        raise ValueError(
            f"{owner}: `num_updates` must be at least the number of values ({len(numbers)}), got {total!r}"
        )
    for before, step in zip((0, *steps), (*steps, total), strict=True):
        if not before < step:
            raise ValueError(
                f"{owner}: `milestones` must be increasing, > 0 and less than `num_updates` ({total!r}), got {steps!r}"
            )
    return _stairs(numbers, [_update(step, total) for step in steps])


def StepParamScheduler(num_updates: float, values: Sequence[float]) -> Schedule:  # noqa: N802
    """Return fvcore's values, each for an equal part of the run.

    A value comes 1e-6 before its part begins, and fvcore raises an IndexError within 1e-6 of the end; here the last
    value is held.

    Args:
        num_updates: Any number > 0, without effect.
        values: The values, at least one.

    Raises:
        TypeError: For what is no number.
        ValueError: For no values, or a number outside its range.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.StepParamScheduler(90, [1.0, 0.1, 0.01]).stretch(90)([0, 29, 30, 60, 89])
        array([1.  , 1.  , 0.1 , 0.01, 0.01])

    Same as:
        `fvcore.common.param_scheduler.StepParamScheduler`.
    """
    owner = "StepParamScheduler"
    _core.check(owner, "num_updates", Rule.positive, num_updates)
    return _even_stairs(_core.check(owner, "values", Rule.numbers, _sequence(owner, "values", values)))


def StepWithFixedGammaParamScheduler(  # noqa: N802
    base_value: float, num_decays: int, gamma: float, num_updates: int
) -> Schedule:
    """Return fvcore's `StepParamScheduler` with values that are multiplied by gamma.

    There is one part more than there are decays.

    Args:
        base_value: The first value, > 0.
        num_decays: How often it is multiplied, an integer > 0.
        gamma: What each decay multiplies by, > 0.
        num_updates: Any integer > 0, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.StepWithFixedGammaParamScheduler(1.0, 2, 0.5, 90).stretch(90)([0, 29, 30, 60, 89])
        array([1.  , 1.  , 0.5 , 0.25, 0.25])

    Same as:
        `fvcore.common.param_scheduler.StepWithFixedGammaParamScheduler`.
    """
    owner = "StepWithFixedGammaParamScheduler"
    base = _core.check(owner, "base_value", Rule.positive, base_value)
    factor = _core.check(owner, "gamma", Rule.positive, gamma)
    decays = _count(owner, "num_decays", num_decays)
    _count(owner, "num_updates", num_updates)
    values = accumulate(repeat(factor, decays), mul, initial=base)
    return _even_stairs(_core.check(owner, "base_value * gamma**num_decays", Rule.numbers, list(values)))


def _milestones(
    owner: str, count: int, num_updates: float | None, milestones: Sequence[float] | None
) -> tuple[float, tuple[float, ...]]:
    """Return the length of the run and the milestones within it, as many as there are changes."""
    if milestones is None and num_updates is None:
        raise ValueError(f"{owner}: `num_updates` must be given where there are no milestones, got None")
    if milestones is None:
        total = _core.check(owner, "num_updates", Rule.finite, num_updates)
        width = ceil(total / count)
        return total, tuple(width * (index + 1) for index in range(count - 1))
    needed = count - (num_updates is not None)
    steps = _sequence(owner, "milestones", milestones)
    if len(steps) != needed:
        raise ValueError(f"{owner}: `milestones` must be {needed} for {count} values, got {milestones!r}")
    numbers: tuple[float, ...] = _core.check(owner, "milestones", Rule.numbers, steps) if steps else ()
    if num_updates is None:
        return numbers[-1], numbers[:-1]
    return _core.check(owner, "num_updates", Rule.finite, num_updates), numbers


def _update(step: float, num_updates: float) -> float:
    """Return where an update is the first that is not before a milestone; updates are counted down to integers."""

    def is_reached(where: float) -> bool:
        return int((where + EPSILON) * num_updates) >= step

    return first_where(is_reached, ceil(step) / num_updates)


def _even_stairs(values: Sequence[float]) -> Schedule:
    count = len(values)

    def start(index: int) -> Callable[[float], bool]:
        return lambda where: int((where + EPSILON) * count) >= index

    return _stairs(values, [first_where(start(index), index / count) for index in range(1, count)])


def _stairs(values: Sequence[float], starts: Sequence[float]) -> Schedule:
    """Return the values, each from its start on; of several that start at once the last counts."""
    at = dict(zip((0.0, *starts), values, strict=True))
    first, *others = at.items()
    if not others:
        return Constant(first[1], steps=1)
    return PiecewiseConstant(
        [first[1], *(value for _, value in others)], milestones=[start for start, _ in others]
    ).until(1)


def _sequence(owner: str, field: str, values: Any) -> Sequence[Any]:
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes)):
        raise TypeError(f"{owner}: `{field}` must be a sequence of numbers, got {values!r}")
    return values


def _count(owner: str, field: str, number: int) -> int:
    if not hasattr(number, "__index__"):
        raise TypeError(f"{owner}: `{field}` must be an integer > 0, got {number!r}")
    count: int = _core.check(owner, field, Rule.optional_count, number)
    return count
