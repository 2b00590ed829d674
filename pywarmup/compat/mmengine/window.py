"""The steps in which a scheduler of mmengine is active: [begin, end). Before them, and after, the rate stays."""

from __future__ import annotations

from typing import NamedTuple

from pywarmup.compat import _checks
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

INF = 1_000_000_000


class Window(NamedTuple):
    """The steps `begin` to `end - 1`, `begin` before `end`; both may be negative, and an `end` of INF is none."""

    begin: int
    end: int

    @property
    def delay(self) -> int:
        """The first step at which the scheduler is active, and at its own step 0."""
        return max(self.begin, 0)

    @property
    def steps(self) -> int:
        """What mmengine calls `total_iters`: one less than there are steps, so that the last one is at the target."""
        return self.end - self.begin - 1


def window(owner: str, begin: object, end: object, last_step: object, by_epoch: object, verbose: object) -> Window:
    """Return the window of arguments, after checking those that mean nothing to a schedule too."""
    _checks.flags(owner, by_epoch=by_epoch, verbose=verbose)
    if _checks.integer(owner, "last_step", last_step) != -1:
        raise ValueError(f"{owner}: `last_step` must be -1 (ask the schedule for a later step), got {last_step!r}")
    made = Window(_checks.integer(owner, "begin", begin), _checks.integer(owner, "end", end))
    if made.end <= made.begin:
        raise ValueError(f"{owner}: `end` must be larger than `begin` ({begin!r}), got {end!r}")
    return made


def placed(where: Window, base_lr: float, curve: Schedule) -> Schedule:
    """Return the optimizer's rate, from the window on the curve, and after it what the curve has at its last step."""
    if where.end <= 0:
        return Constant(base_lr)
    active = curve if where.end >= INF else _ended(curve, where.end - 1 - where.delay)
    return join(Constant(base_lr, steps=where.delay), active) if where.delay else active


def _ended(curve: Schedule, last: int) -> Schedule:
    if isinstance(curve, Constant) or last == curve.total_steps:
        return curve
    return curve.until(last) if last else Constant(curve(0))
