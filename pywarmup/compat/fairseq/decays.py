"""fairseq's schedulers that only fall: inverse square root, polynomial, in steps, and tri-stage."""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat._checks import steps_if_any
from pywarmup.compat._curves import between, to_a_pole
from pywarmup.compat.fairseq.warmup import Rates, first_rate, one_rate, warmed_up
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Exponential, ExponentialDecay, InverseSqrt, Linear, Polynomial

Rule = _core.Rule


def InverseSquareRootSchedule(  # noqa: N802
    *, warmup_updates: float = 4000, warmup_init_lr: float = -1, lr: Rates
) -> Schedule:
    """Return fairseq's InverseSquareRootSchedule: a straight line up, then lr * sqrt(warmup_updates / t).

    Args:
        warmup_updates: Length of the warmup, > 0; fairseq divides by it.
        warmup_init_lr: Where it begins; 0 where it is negative.
        lr: The peak.

    Raises:
        ValueError: For a number outside its range, or several rates.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.InverseSquareRootSchedule(lr=0.1, warmup_updates=4)[[0, 2, 4, 16]]
        array([0.  , 0.05, 0.1 , 0.05])

    Same as:
        fairseq `--lr-scheduler inverse_sqrt --lr 0.1 --warmup-updates 4`.
    """
    owner = "InverseSquareRootSchedule"
    peak = one_rate(owner, lr)
    start = first_rate(owner, warmup_init_lr, 0.0)
    steps = _core.check(owner, "warmup_updates", Rule.length, warmup_updates)
    return warmed_up(owner, start, peak, steps, InverseSqrt(peak, timescale=steps))


def PolynomialDecayLRSchedule(  # noqa: N802
    *,
    warmup_updates: float = 0,
    force_anneal: None = None,
    end_learning_rate: float = 0.0,
    power: float = 1.0,
    total_num_update: float,
    lr: Rates,
) -> Schedule:
    """Return fairseq's PolynomialDecayLRSchedule: a straight line from 0, then a power of what remains of the run.

    fairseq's constructor writes lr / warmup_updates into the optimizer, for an update before the first
    `step_update(0)`, which gives 0. With a warmup as long as the run or longer the rate falls to its end at once.

    Args:
        warmup_updates: Length of the warmup.
        force_anneal: None; from that epoch on fairseq would decay what it has decayed already.
        end_learning_rate: The rate at `total_num_update` and after.
        power: The power.
        total_num_update: Length of the run, warmup included, > 0.
        lr: The peak.

    Raises:
        ValueError: For a number outside its range, or several rates.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.PolynomialDecayLRSchedule(lr=0.1, warmup_updates=2, total_num_update=6)[:7]
        array([0.   , 0.05 , 0.1  , 0.075, 0.05 , 0.025, 0.   ])

    Same as:
        fairseq `--lr-scheduler polynomial_decay --lr 0.1 --warmup-updates 2 --total-num-update 6`.
    """
    owner = "PolynomialDecayLRSchedule"
    peak, end = one_rate(owner, lr), _checks.number(owner, "end_learning_rate", end_learning_rate)
    exponent = _checks.number(owner, "power", power)
    if force_anneal is not None:
        raise ValueError(f"{owner}: `force_anneal` must be None, got {force_anneal!r}")
    total = _core.check(owner, "total_num_update", Rule.length, total_num_update)
    steps = steps_if_any(owner, "warmup_updates", warmup_updates)
    if steps < total:
        return warmed_up(owner, 0.0, peak, steps, _fall(peak, end, total - steps, exponent))
    top = [Constant(peak, steps=1)] if float(steps).is_integer() else []
    return join(Linear(0.0, peak, steps=steps), *top, Constant(end))


def StepLRSchedule(  # noqa: N802
    *,
    warmup_updates: float = 0,
    warmup_init_lr: float = -1,
    lr: Rates,
    min_lr: float = 0.0,
    lr_deacy_period: float = 25000,
    lr_decay: float = 0.5,
) -> Schedule:
    """Return fairseq's StepLRSchedule: a straight line up, then times `lr_decay` after each period, down to `min_lr`.

    Args:
        warmup_updates: Length of the warmup.
        warmup_init_lr: Where it begins; `min_lr` where it is negative.
        lr: The peak, > `min_lr`.
        min_lr: The lowest rate after the warmup, >= 0.
        lr_deacy_period: Steps from one change to the next, > 0; the spelling is fairseq's.
        lr_decay: The factor, <= 1.

    Raises:
        ValueError: For a number outside its range, or several rates.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.StepLRSchedule(lr=0.1, lr_deacy_period=2, min_lr=0.04)[:6]
        array([0.1 , 0.1 , 0.05, 0.05, 0.04, 0.04])

    Same as:
        fairseq `--lr-scheduler step --lr 0.1 --lr-deacy-period 2 --min-lr 0.04`.
    """
    owner = "StepLRSchedule"
    peak, low = _first(lr, owner), _checks.rate(owner, min_lr, "min_lr")
    if peak <= low:
        raise ValueError(f"{owner}: `lr` must be more than `min_lr` ({min_lr!r}), got {lr!r}")
    start = first_rate(owner, warmup_init_lr, low)
    every = _core.check(owner, "lr_deacy_period", Rule.length, lr_deacy_period)
    decay = _checks.number(owner, "lr_decay", lr_decay)
    if decay > 1.0:
        raise ValueError(f"{owner}: `lr_decay` must be a number <= 1, got {lr_decay!r}")
    stairs: Schedule = ExponentialDecay(peak, decay_rate=abs(decay), every=every, staircase=True)
    if decay < 0.0:  # every other rate is negative, and comes up to the lowest
        stairs = stairs * join(Constant(1.0, steps=every), Constant(0.0, steps=every)).repeat()
    return warmed_up(owner, start, peak, warmup_updates, stairs.clip(lower=low))


def TriStageLRSchedule(  # noqa: N802
    *,
    warmup_steps: float = 0,
    hold_steps: float = 0,
    decay_steps: float = 0,
    phase_ratio: Sequence[float] | None = None,
    init_lr_scale: float = 0.01,
    final_lr_scale: float = 0.01,
    max_update: float = 0,
    lr: Rates,
) -> Schedule:
    """Return fairseq's TriStageLRSchedule: a straight line up, the peak held, an exponential down, and its end held.

    Args:
        warmup_steps: Length of the first stage, >= 0.
        hold_steps: Length of the second, >= 0.
        decay_steps: Length of the third, > 0.
        phase_ratio: In place of the three, their parts of `max_update`, which are rounded down. Their sum must be 1 to
            the last bit: (0.7, 0.2, 0.1) is refused, as by fairseq.
        init_lr_scale: The first rate, in parts of `lr`.
        final_lr_scale: The last one, in parts of `lr`, > 0.
        max_update: Length of the run, only for `phase_ratio`.
        lr: The peak.

    Raises:
        ValueError: For a number outside its range, several rates, or ratios that do not add up to 1.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.TriStageLRSchedule(lr=1.0, warmup_steps=1, hold_steps=2, decay_steps=2)[:7].round(4)
        array([0.01, 1.  , 1.  , 1.  , 0.1 , 0.01, 0.01])

    Same as:
        fairseq `--lr-scheduler tri_stage --lr 1.0 --warmup-steps 1 --hold-steps 2 --decay-steps 2`.
    """
    owner = "TriStageLRSchedule"
    peak = one_rate(owner, lr)
    start = peak * _checks.number(owner, "init_lr_scale", init_lr_scale)
    scale = _core.check(owner, "final_lr_scale", Rule.positive, final_lr_scale)
    lengths = [("warmup_steps", warmup_steps), ("hold_steps", hold_steps), ("decay_steps", decay_steps)]
    given = [_core.check(owner, name, Rule.delay, value) for name, value in lengths]
    warmup, hold, decay = given if phase_ratio is None else _phases(owner, phase_ratio, max_update)
    if decay <= 0:
        raise ValueError(f"{owner}: `decay_steps` must be a number of steps > 0, got {decay!r}")
    fall = Exponential(1.0, scale, steps=decay) * peak
    return warmed_up(owner, start, peak, warmup, join(Constant(peak, steps=hold), fall) if hold else fall)


def _phases(owner: str, phase_ratio: Sequence[float], max_update: float) -> list[int]:
    total = _core.check(owner, "max_update", Rule.length, max_update)
    ratios = _checks.numbers(owner, "phase_ratio", phase_ratio)
    if len(ratios) != 3 or sum(ratios) != 1 or min(ratios) < 0:
        raise ValueError(f"{owner}: `phase_ratio` must be three numbers >= 0 that add up to 1, got {phase_ratio!r}")
    return [int(total * ratio) for ratio in ratios]


# A list of several rates counts as its first one, in this schedule only.
def _first(lr: Rates, owner: str) -> float:
    return one_rate(owner, lr[:1] if isinstance(lr, list | tuple) else lr)


def _fall(peak: float, end: float, steps: float, power: float) -> Schedule:
    if power >= 0.0:
        return between(Polynomial, peak, end, steps=steps, power=power)
    return join((to_a_pole(steps, power) * (peak - end) + end).until(steps), Constant(end))
