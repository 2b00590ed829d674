"""timm's cycles: a curve that starts again, longer and lower each time, and `lr_min` after the last."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

Rule = _core.Rule
Fall = Callable[[float, float], Schedule]  # a cycle of `t_initial` steps, from a rate to another
MOST_SHRINKING = 10_000
LAST_STEP = 2**53


class Cycles(NamedTuple):
    """What timm's cosine, hyperbolic tangent and polynomial share."""

    owner: str
    base_lr: float
    t_initial: float
    lr_min: float
    mul: float
    decay: float
    limit: int


def cycles(
    owner: str,
    base_lr: float,
    t_initial: float,
    lr_min: float,
    cycle_mul: float,
    cycle_decay: float,
    cycle_limit: float,
) -> Cycles:
    """Return the arguments, checked."""
    return Cycles(
        owner=owner,
        base_lr=_core.check(owner, "base_lr", Rule.non_negative, base_lr),
        t_initial=_core.check(owner, "t_initial", Rule.length, t_initial),
        lr_min=_core.check(owner, "lr_min", Rule.non_negative, lr_min),
        mul=_core.check(owner, "cycle_mul", Rule.positive, cycle_mul),
        decay=_core.check(owner, "cycle_decay", Rule.non_negative, cycle_decay),
        limit=max(0, ceil(_core.check(owner, "cycle_limit", Rule.finite, cycle_limit))),
    )


def check_defined(given: Cycles, warmup_t: float) -> None:
    """Refuse a warmup that makes timm begin with a step of the cycles for which its logarithm has no value."""
    if abs(warmup_t) * (1.0 - given.mul) >= given.t_initial:
        raise ValueError(
            f"{given.owner}: `warmup_t` must be less than t_initial / (1 - cycle_mul), the sum of shrinking cycles, "
            f"got {warmup_t!r}"
        )


def restarted(fall: Fall, given: Cycles) -> Schedule:
    """Return all cycles; only the top of each decays, so those that decay are added to those that do not."""
    if given.limit == 0:
        return Constant(given.lr_min)
    if given.decay == 1.0 or given.limit == 1:
        made = _repeated(fall(given.base_lr, given.lr_min), given, 1.0)
    else:
        made = _repeated(fall(given.base_lr, 0.0), given, given.decay)
        if given.lr_min:
            made = made + _repeated(fall(0.0, given.lr_min), given, 1.0)
    is_settled = made.total_steps is None or made(made.total_steps) == given.lr_min
    return made if is_settled else join(made, Constant(given.lr_min))


def _repeated(cycle: Schedule, given: Cycles, decay: float) -> Schedule:
    if given.limit == 1:
        return cycle
    if decay == 0.0:
        return join(cycle, Constant(0.0))
    if given.mul < 1.0:
        return _shrinking(cycle, given, decay)
    return cycle.repeat(_times(given), growth=given.mul, decay=decay)


def _times(given: Cycles) -> int | None:
    """Return how many cycles there are, None if the last begins where steps end."""
    if given.mul == 1.0:
        return given.limit if given.t_initial * given.limit <= LAST_STEP else None
    length, end = given.t_initial, 0.0
    for _ in range(given.limit):
        end += length
        length *= given.mul
        if end > LAST_STEP:
            return None
    return given.limit


def _shrinking(cycle: Schedule, given: Cycles, decay: float) -> Schedule:
    """Return ever shorter cycles, up to where they are too short to be told from one another."""
    stages = [cycle]
    begin: float = given.t_initial
    for index in range(1, given.limit):
        factor = given.mul**index
        if begin + given.t_initial * factor == begin:
            break
        if index == MOST_SHRINKING:
            raise ValueError(
                f"{given.owner}: `cycle_limit` must be at most {MOST_SHRINKING} where `cycle_mul` is less than 1, "
                f"got {given.limit!r}"
            )
        stages.append(cycle.stretch(factor) * decay**index)
        begin += given.t_initial * factor
    return join(*stages)
