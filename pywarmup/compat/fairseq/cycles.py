"""fairseq's schedulers that come again: cosine and triangular."""

from __future__ import annotations

import math

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat._checks import steps_if_any
from pywarmup.compat._curves import between
from pywarmup.compat.fairseq.warmup import Rates, first_rate, one_rate, warmed_up
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, PiecewiseLinear

Rule = _core.Rule
MOST_CYCLES = 10_000


def CosineLRSchedule(  # noqa: N802
    *,
    warmup_updates: float = 0,
    warmup_init_lr: float = -1,
    lr: Rates,
    min_lr: float = 0.0,
    t_mult: float = 1.0,
    lr_period_updates: float = -1,
    lr_shrink: float = 0.1,
    max_update: float = 0,
) -> Schedule:
    """Return fairseq's CosineLRSchedule: a straight line up, then half a cosine from `lr` to `min_lr`, again and again.

    After each period both ends are multiplied by `lr_shrink`, a tenth unless you say otherwise: so also after
    `max_update`. The warmup begins at `min_lr`, not at 0. A restart that fairseq computes by a logarithm may come one
    step late there (t_mult 3, step 605 for a period of 5); here it is at the sum of the periods.

    A warmup longer than `max_update` is a negative period, of which fairseq makes rising cosines, each 1 / `lr_shrink`
    times as high as the one before; that is reproduced for whole periods with t_mult 1, and refused otherwise. One as
    long as `max_update` is a division by 0, and a t_mult below 1 ends with the logarithm of a negative number: here the
    last rate is held.

    Args:
        warmup_updates: Length of the warmup.
        warmup_init_lr: Where it begins; `min_lr` where it is negative.
        lr: The rate at each period's begin, > `min_lr`.
        min_lr: The rate at its end.
        t_mult: Each period lasts this many times as long as the one before, > 0.
        lr_period_updates: Length of the first period; max_update - warmup_updates where it is not positive.
        lr_shrink: Factor of the rates after each period, >= 0.
        max_update: Length of the run, only for that.

    Raises:
        ValueError: For a number outside its range, several rates, or no length.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.CosineLRSchedule(lr=0.1, max_update=6, warmup_updates=2)[:9].round(4)
        array([0.    , 0.05  , 0.1   , 0.0854, 0.05  , 0.0146, 0.01  , 0.0085,
               0.005 ])

    Same as:
        fairseq `--lr-scheduler cosine --lr 0.1 --max-update 6 --warmup-updates 2`.
    """
    owner = "CosineLRSchedule"
    peak, low = one_rate(owner, lr), _checks.number(owner, "min_lr", min_lr)
    if peak <= low:
        raise ValueError(f"{owner}: `lr` must be more than `min_lr` ({min_lr!r}), got {lr!r}")
    start = first_rate(owner, warmup_init_lr, low)
    period = _period(owner, lr_period_updates, max_update, warmup_updates)
    growth = _core.check(owner, "t_mult", Rule.positive, t_mult)
    shrink = _checks.rate(owner, lr_shrink, "lr_shrink")
    if period == 0:
        return warmed_up(owner, start, peak, warmup_updates, Constant(peak))
    if period < 0:
        return warmed_up(owner, start, peak, warmup_updates, _backwards(owner, peak, low, period, growth, shrink))
    return warmed_up(
        owner, start, peak, warmup_updates, _cycles(between(Cosine, peak, low, steps=period), growth, shrink)
    )


def TriangularLRSchedule(  # noqa: N802
    *,
    max_lr: float,
    lr_period_updates: float = 5000,
    lr_shrink: float = 0.1,
    shrink_min: bool = False,
    lr: Rates,
) -> Schedule:
    """Return fairseq's TriangularLRSchedule: up from `lr` to `max_lr` and back, again and again.

    The peak is multiplied by `lr_shrink` after each cycle, and comes below `lr` in time. An odd period is one less.

    Args:
        max_lr: The first peak, > `lr`.
        lr_period_updates: Length of a cycle, >= 2: twice what is left of its half, rounded down.
        lr_shrink: Factor of the peak after each cycle, >= 0.
        shrink_min: Whether `lr` is multiplied too.
        lr: The rate at a cycle's begin.

    Raises:
        ValueError: For a number outside its range, or several rates.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.TriangularLRSchedule(lr=0.1, max_lr=0.5, lr_period_updates=4, lr_shrink=0.5)[:8]
        array([0.1  , 0.3  , 0.5  , 0.3  , 0.1  , 0.175, 0.25 , 0.175])

    Same as:
        fairseq `--lr-scheduler triangular --lr 0.1 --max-lr 0.5 --lr-period-updates 4 --lr-shrink 0.5`.
    """
    owner = "TriangularLRSchedule"
    low, high = one_rate(owner, lr), _checks.number(owner, "max_lr", max_lr)
    if high <= low:
        raise ValueError(f"{owner}: `max_lr` must be more than `lr` ({lr!r}), got {max_lr!r}")
    half = _core.check(owner, "lr_period_updates", Rule.length, lr_period_updates) // 2
    if half < 1:
        raise ValueError(f"{owner}: `lr_period_updates` must be a number of steps >= 2, got {lr_period_updates!r}")
    shrink = _checks.rate(owner, lr_shrink, "lr_shrink")
    _checks.flags(owner, shrink_min=shrink_min)
    if shrink_min:
        return _cycles(PiecewiseLinear([(0, low), (half, high), (2 * half, low)]), 1.0, shrink)
    lows = PiecewiseLinear([(0, low), (half, 0.0), (2 * half, low)]).repeat()
    return _cycles(PiecewiseLinear([(0, 0.0), (half, high), (2 * half, 0.0)]), 1.0, shrink) + lows


def _period(owner: str, lr_period_updates: object, max_update: object, warmup_updates: object) -> float:
    period = steps_if_any(owner, "lr_period_updates", lr_period_updates)
    total = steps_if_any(owner, "max_update", max_update)
    if period > 0:
        return period
    if total <= 0:
        raise ValueError(f"{owner}: `max_update` must be > 0, or `lr_period_updates` in its place, got {max_update!r}")
    return total - steps_if_any(owner, "warmup_updates", warmup_updates)


def _cycles(cycle: Schedule, growth: float, shrink: float) -> Schedule:
    if shrink == 0.0:
        return join(cycle, Constant(0.0))
    return cycle.repeat(growth=growth, decay=shrink) if growth >= 1.0 else _shorter(cycle, growth, shrink)


# All of the cycles end before a step that fairseq cannot answer; the last whole step before it is in the last one here.
def _shorter(cycle: Schedule, growth: float, shrink: float) -> Schedule:
    length = cycle.total_steps or 1.0
    last = math.ceil(length / (1.0 - growth)) - 1
    stages: list[Schedule] = []
    begin, size, height = 0.0, 1.0, 1.0
    while begin <= last and len(stages) < MOST_CYCLES:
        stages.append(cycle.stretch(size) * height)
        begin, size, height = begin + length * size, size * growth, height * shrink
    return join(*stages).until(last) if last else Constant(cycle(0))


def _backwards(owner: str, peak: float, low: float, period: float, growth: float, shrink: float) -> Schedule:
    if growth != 1.0 or shrink == 0.0 or period != int(period):
        raise ValueError(f"{owner}: `max_update` must be at least `warmup_updates`, got {-period!r} steps less")
    steps = -int(period)
    rising = between(Cosine, low / shrink, peak / shrink, steps=steps)
    cycle = rising.shift(1).until(steps) if steps > 1 else Constant(peak / shrink, steps=1)
    return join(Constant(peak, steps=1), cycle.repeat(decay=1.0 / shrink))
