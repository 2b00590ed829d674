"""fvcore's schedulers one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple, TypeAlias

from pywarmup import _core
from pywarmup.compat._stages import from_step
from pywarmup.compat.fvcore.where import EPSILON, first_where
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

Rule = _core.Rule
Scaling: TypeAlias = Literal["rescaled", "fixed"]


class Part(NamedTuple):
    """A scheduler and where it is in charge."""

    schedule: Schedule
    is_rescaled: bool
    origin: float  # where a rescaled one has its 0
    length: float
    begin: float


def CompositeParamScheduler(  # noqa: N802
    schedulers: Sequence[Schedule], lengths: Sequence[float], interval_scaling: Sequence[Scaling]
) -> Schedule:
    """Return fvcore's schedulers one after the other.

    The next scheduler is in charge from 1e-6 before the end of the one before. Where it is "rescaled", fvcore asks it
    there for a `where` below 0, and its formula goes on backwards; here it has its first value until its own 0. As a
    rule only runs of more than a million updates have one there.

    Args:
        schedulers: Schedules of `where`, as those of this module.
        lengths: The part of the run that each has; they must add up to 1, give or take 0.001, and the last is changed
            so that they do. (fvcore changes it in the caller's list.)
        interval_scaling: For each scheduler, "rescaled" (it runs from its 0 to its 1 within its part) or "fixed" (it
            is asked for the `where` of the whole run).

    Raises:
        TypeError: For what is no schedule or no number.
        ValueError: For sequences of different lengths, lengths that do not add up to 1, or an unknown scaling.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> s = fvcore.CompositeParamScheduler(
        ...     [fvcore.LinearParamScheduler(0.0, 0.1), fvcore.CosineParamScheduler(0.1, 0.0)],
        ...     [0.2, 0.8],
        ...     ["rescaled", "rescaled"],
        ... )
        >>> s.stretch(100)([0, 10, 20, 60, 100])
        array([0.  , 0.05, 0.1 , 0.05, 0.  ])

    Same as:
        `fvcore.common.param_scheduler.CompositeParamScheduler`.
    """
    owner = "CompositeParamScheduler"
    parts = _schedules(owner, schedulers)
    numbers = _lengths(owner, len(parts), lengths)
    scalings = _scalings(owner, len(parts), interval_scaling)
    totals = list(accumulate(numbers))
    begins = list(accumulate((_begin(total) for total in totals[:-1]), max, initial=0.0))
    origins = [total - length for total, length in zip(totals, numbers, strict=True)]
    made = map(Part, parts, (one == "rescaled" for one in scalings), origins, numbers, begins)
    return _joined([part for part in made if part.length > 0.0 or not part.is_rescaled])


def _schedules(owner: str, schedulers: Sequence[Schedule]) -> list[Schedule]:
    if not isinstance(schedulers, Sequence) or not schedulers:
        wrong = ValueError if schedulers == [] else TypeError
        raise wrong(f"{owner}: `schedulers` must be a non-empty sequence of schedules, got {schedulers!r}")
    return [_core.check(owner, f"schedulers[{i}]", Rule.schedule, one) for i, one in enumerate(schedulers)]


def _lengths(owner: str, count: int, lengths: Sequence[float]) -> list[float]:
    numbers = list(_core.check(owner, "lengths", Rule.numbers, lengths))
    if len(numbers) != count:
        raise ValueError(f"{owner}: `lengths` must be as many as the schedulers ({count}), got {lengths!r}")
    if abs(sum(numbers) - 1.0) >= 1e-3:
        raise ValueError(f"{owner}: `lengths` must add up to 1, got {lengths!r}")
    if sum(numbers) != 1.0:
        numbers[-1] = 1.0 - sum(numbers[:-1])
    return numbers


def _scalings(owner: str, count: int, interval_scaling: Sequence[Scaling]) -> Sequence[Scaling]:
    is_sequence = isinstance(interval_scaling, Sequence)
    if not is_sequence or any(one not in ("rescaled", "fixed") for one in interval_scaling):
        wrong = ValueError if is_sequence else TypeError
        raise wrong(
            f"{owner}: `interval_scaling` must be a sequence of 'rescaled' and 'fixed', got {interval_scaling!r}"
        )
    if len(interval_scaling) < count:
        raise ValueError(f"{owner}: `interval_scaling` must be one for each scheduler, got {interval_scaling!r}")
    return interval_scaling[:count]


def _begin(total: float) -> float:
    """Return where the scheduler takes over before which the lengths add up to `total`."""
    return first_where(lambda where: where + EPSILON > total, max(total, 0.0))


def _joined(parts: list[Part]) -> Schedule:
    """Return the schedules of the parts; those that are never in charge are left out."""
    ends = [part.begin for part in parts[1:]]
    stages = [_stage(part).until(end - part.begin) for part, end in zip(parts, ends, strict=False) if part.begin < end]
    return join(*stages, _stage(parts[-1]))


def _stage(part: Part) -> Schedule:
    """Return the schedule of a part from where it begins, whether or not it has an end."""
    if not part.is_rescaled:
        return from_step(part.schedule, part.begin)
    stretched = part.schedule if part.length == 1.0 else part.schedule.stretch(part.length)
    if part.begin >= part.origin:
        return from_step(stretched, part.begin - part.origin)
    return join(Constant(part.schedule(0), steps=part.origin - part.begin), stretched)
