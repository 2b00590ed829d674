"""detectron2's schedulers: `detectron2.solver.lr_scheduler`, without the optimizer.

`WarmupParamScheduler` is a schedule of `where`, as those of `pywarmup.compat.fvcore`; the others are of updates.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, TypeAlias

from pywarmup import _core
from pywarmup.compat._curves import between
from pywarmup.compat.fvcore import CompositeParamScheduler, ConstantParamScheduler, LinearParamScheduler
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear, PiecewiseConstant

__all__ = ["LRMultiplier", "WarmupCosineLR", "WarmupMultiStepLR", "WarmupParamScheduler"]

Rule = _core.Rule
Method: TypeAlias = Literal["linear", "constant"]


def WarmupParamScheduler(  # noqa: N802
    scheduler: Schedule,
    warmup_factor: float,
    warmup_length: float,
    warmup_method: Method = "linear",
    rescale_interval: bool = False,
) -> Schedule:
    """Return detectron2's warmup before a scheduler of fvcore.

    By default the scheduler has the whole run, and the warmup lies over its beginning and meets it: the scheduler's
    first value is never reached. With `rescale_interval` the scheduler begins when the warmup ends.

    Args:
        scheduler: A schedule of `where`.
        warmup_factor: Ratio of the warmup's first value to the scheduler's.
        warmup_length: The part of the run that is warmup, from 0 to 1. (More than 1 is accepted, as there: the run ends
            before the warmup.)
        warmup_method: "linear", or "constant" (at its first value).
        rescale_interval: Whether the scheduler begins after the warmup.

    Raises:
        TypeError: For what is no schedule or no number.
        ValueError: For a number that is not finite, or an unknown method.

    Example:
        >>> from pywarmup.compat import detectron2, fvcore
        >>> cosine = fvcore.CosineParamScheduler(1.0, 0.0)
        >>> detectron2.WarmupParamScheduler(cosine, 0.001, 0.1).stretch(100)([0, 10, 50]).round(6)
        array([0.001   , 0.975528, 0.5     ])
        >>> detectron2.WarmupParamScheduler(cosine, 0.001, 0.1, rescale_interval=True).stretch(100)([0, 10, 55])
        array([0.001, 1.   , 0.5  ])

    Same as:
        `detectron2.solver.lr_scheduler.WarmupParamScheduler`.
    """
    owner = "WarmupParamScheduler"
    main = _core.check(owner, "scheduler", Rule.schedule, scheduler)
    factor = _core.check(owner, "warmup_factor", Rule.finite, warmup_factor)
    length = _core.check(owner, "warmup_length", Rule.finite, warmup_length)
    is_rescaled = _core.check(owner, "rescale_interval", Rule.flag, rescale_interval)
    start = factor * main(0)
    if _is_linear(owner, warmup_method):
        # A warmup of negative length never is in charge, and where it would end there is nothing to meet.
        warmup = LinearParamScheduler(start, main(0 if is_rescaled else max(length, 0.0)))
    else:
        warmup = ConstantParamScheduler(start)
    scaling: Literal["rescaled", "fixed"] = "rescaled" if is_rescaled else "fixed"
    return CompositeParamScheduler([warmup, main], [length, 1 - length], ["rescaled", scaling])


def LRMultiplier(multiplier: Schedule, max_iter: float, last_iter: int = -1, *, base_lr: float) -> Schedule:  # noqa: N802
    """Return detectron2's schedule of updates: the optimizer's rate times a scheduler of fvcore.

    base_lr * multiplier(t / max_iter)

    Args:
        multiplier: A schedule of `where`.
        max_iter: Length of the run, > 0.
        last_iter: No effect: a schedule has no position.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no schedule or no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import detectron2, fvcore
        >>> detectron2.LRMultiplier(fvcore.CosineParamScheduler(1.0, 0.0), 90_000, base_lr=0.02)(45_000)
        0.01

    Same as:
        `detectron2.solver.lr_scheduler.LRMultiplier(optimizer, ...)`.
    """
    owner = "LRMultiplier"
    schedule: Schedule = _core.check(owner, "multiplier", Rule.schedule, multiplier)
    steps: float = _core.check(owner, "max_iter", Rule.length, max_iter)
    base: float = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    return schedule.stretch(steps) * base


def WarmupMultiStepLR(  # noqa: N802
    milestones: Sequence[float],
    gamma: float = 0.1,
    warmup_factor: float = 0.001,
    warmup_iters: float = 1000,
    warmup_method: Method = "linear",
    last_epoch: int = -1,
    *,
    base_lr: float,
) -> Schedule:
    """Return detectron2's former drops at milestones, times a warmup.

    The warmup is a factor of the first steps: drops within it count.

    Args:
        milestones: The steps of the drops, in order; one that is given twice drops twice.
        gamma: What each drop multiplies by, >= 0.
        warmup_factor: The warmup's first factor; it rises to 1.
        warmup_iters: Length of the warmup; 0 or less is none.
        warmup_method: "linear", or "constant" (at its first factor).
        last_epoch: No effect: a schedule has no position.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, milestones out of order, or an unknown method.

    Example:
        >>> from pywarmup.compat import detectron2
        >>> detectron2.WarmupMultiStepLR([6, 8], 0.5, 0.0, 4, base_lr=1.0)[:10:2]
        array([0.  , 0.5 , 1.  , 0.5 , 0.25])

    Same as:
        `detectron2.solver.lr_scheduler.WarmupMultiStepLR(optimizer, ...)`.
    """
    owner = "WarmupMultiStepLR"
    base = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    rate = _core.check(owner, "gamma", Rule.non_negative, gamma)
    is_empty = isinstance(milestones, (list, tuple)) and not milestones
    steps: tuple[float, ...] = () if is_empty else _core.check(owner, "milestones", Rule.numbers, milestones)
    if list(steps) != sorted(steps):
        raise ValueError(f"{owner}: `milestones` must be in order, got {milestones!r}")
    return _warmed(owner, _drops(owner, base, rate, steps), warmup_factor, warmup_iters, warmup_method)


def WarmupCosineLR(  # noqa: N802
    max_iters: float,
    warmup_factor: float = 0.001,
    warmup_iters: float = 1000,
    warmup_method: Method = "linear",
    last_epoch: int = -1,
    *,
    base_lr: float,
) -> Schedule:
    """Return detectron2's former half cosine, times a warmup.

    The warmup is a factor of the cosine's first steps, so `base_lr` is never reached. Past the end the cosine rises
    again, as there.

    Args:
        max_iters: Length of the run, warmup included, > 0.
        warmup_factor: The warmup's first factor; it rises to 1.
        warmup_iters: Length of the warmup; 0 or less is none.
        warmup_method: "linear", or "constant" (at its first factor).
        last_epoch: No effect: a schedule has no position.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or an unknown method.

    Example:
        >>> from pywarmup.compat import detectron2
        >>> detectron2.WarmupCosineLR(100, 0.0, 10, base_lr=1.0)([0, 5, 50, 100]).round(6)
        array([0.      , 0.496922, 0.5     , 0.      ])

    Same as:
        `detectron2.solver.lr_scheduler.WarmupCosineLR(optimizer, ...)`.
    """
    owner = "WarmupCosineLR"
    base = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    steps = _core.check(owner, "max_iters", Rule.length, max_iters)
    cosine = Cosine(base, 0.0, steps=steps).past_end("mirror")
    return _warmed(owner, cosine, warmup_factor, warmup_iters, warmup_method)


def _is_linear(owner: str, method: Method) -> bool:
    if method not in ("linear", "constant"):
        raise ValueError(f"{owner}: `warmup_method` must be 'linear' or 'constant', got {method!r}")
    return method == "linear"


def _drops(owner: str, base: float, rate: float, steps: tuple[float, ...]) -> Schedule:
    """Return the value after each milestone; those at 0 and before have dropped from the start."""
    coming = [step for step in dict.fromkeys(steps) if 0.0 < step <= 2**53]
    try:
        values = [base * rate ** bisect_right(steps, step) for step in (0.0, *coming)]
    except OverflowError:
        raise ValueError(f"{owner}: `gamma` must be less for {len(steps)} milestones, got {rate!r}") from None
    return PiecewiseConstant(values, milestones=coming) if coming else Constant(values[0])


def _warmed(owner: str, main: Schedule, warmup_factor: float, warmup_iters: float, warmup_method: Method) -> Schedule:
    factor = _core.check(owner, "warmup_factor", Rule.finite, warmup_factor)
    length = _core.check(owner, "warmup_iters", Rule.finite, warmup_iters)
    is_linear = _is_linear(owner, warmup_method)
    if length <= 0:
        return main
    steps = _core.check(owner, "warmup_iters", Rule.length, warmup_iters)
    warmup = between(Linear, factor, 1.0, steps=steps) if is_linear else Constant(factor, steps=steps)
    return main * join(warmup, Constant(1.0))
