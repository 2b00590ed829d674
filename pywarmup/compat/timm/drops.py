"""timm's values that drop at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from math import floor, inf, nextafter

from pywarmup import _core
from pywarmup.compat.timm.parts import Noise, refuse_noise, warmed, warmup_length
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, ExponentialDecay, PiecewiseConstant

Rule = _core.Rule
LAST_STEP = 2**53


def StepLRScheduler(  # noqa: N802
    decay_t: float,
    decay_rate: float = 1.0,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = True,
    t_in_epochs: bool = True,
    noise_range_t: Noise = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int = 42,
    initialize: bool = True,
    *,
    base_lr: float,
) -> Schedule:
    """Return timm's drops at multiples of a period, after a warmup.

    With the prefix, the default here, the period is counted from the end of the warmup; without, from step 0, and the
    warmup rises to `base_lr` even if the rate has dropped by then. The default `decay_rate` of 1 never drops.

    Args:
        decay_t: Steps from drop to drop, > 0, real numbers too. (timm takes negative ones, with which the rate grows.)
        decay_rate: What each drop multiplies by, >= 0.
        warmup_t: Length of the warmup; 0 or less is none.
        warmup_lr_init: Value at step 0 of the warmup.
        warmup_prefix: Whether the period begins after the warmup.
        t_in_epochs: No effect.
        noise_range_t: None.
        noise_pct: No effect.
        noise_std: No effect.
        noise_seed: No effect.
        initialize: No effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or noise.

    Example:
        >>> from pywarmup.compat import timm
        >>> timm.StepLRScheduler(2, 0.5, warmup_t=2, base_lr=1.0)[:7]
        array([0.  , 0.5 , 1.  , 1.  , 0.5 , 0.5 , 0.25])

    Same as:
        `timm.scheduler.StepLRScheduler(optimizer, ...)`.
    """
    owner = "StepLRScheduler"
    refuse_noise(owner, noise_range_t)
    base = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    rate = _core.check(owner, "decay_rate", Rule.non_negative, decay_rate)
    every = _core.check(owner, "decay_t", Rule.length, decay_t)
    prefix = _core.check(owner, "warmup_prefix", Rule.flag, warmup_prefix)
    after = ExponentialDecay(base, decay_rate=rate, every=_period(every), staircase=True)
    length = warmup_length(owner, warmup_t)
    return warmed(owner, after, base, warmup_t=length, warmup_lr_init=warmup_lr_init, prefix=prefix)


def MultiStepLRScheduler(  # noqa: N802
    decay_t: Sequence[float],
    decay_rate: float = 1.0,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = True,
    t_in_epochs: bool = True,
    noise_range_t: Noise = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int = 42,
    initialize: bool = True,
    *,
    base_lr: float,
) -> Schedule:
    """Return timm's drops at milestones, after a warmup; each comes one step before its milestone.

    Milestone m drops at step m - 1, which timm keeps on purpose; a milestone of 1 or less has dropped from the start.
    One that is given twice drops twice. Milestones out of order are searched as timm does, by bisection, which misses
    some of them.

    Args:
        decay_t: The milestones, counted from the end of the warmup with the prefix, else from step 0.
        decay_rate: What each drop multiplies by, >= 0.
        warmup_t: Length of the warmup; 0 or less is none.
        warmup_lr_init: Value at step 0 of the warmup.
        warmup_prefix: Whether the milestones are counted from the end of the warmup.
        t_in_epochs: No effect.
        noise_range_t: None.
        noise_pct: No effect.
        noise_std: No effect.
        noise_seed: No effect.
        initialize: No effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or noise.

    Example:
        >>> from pywarmup.compat import timm
        >>> timm.MultiStepLRScheduler([3, 5], 0.5, base_lr=1.0)[:6]
        array([1.  , 1.  , 0.5 , 0.5 , 0.25, 0.25])

    Same as:
        `timm.scheduler.MultiStepLRScheduler(optimizer, ...)`.
    """
    owner = "MultiStepLRScheduler"
    refuse_noise(owner, noise_range_t)
    base = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    rate = _core.check(owner, "decay_rate", Rule.non_negative, decay_rate)
    prefix = _core.check(owner, "warmup_prefix", Rule.flag, warmup_prefix)
    after = _stairs(owner, base, rate, _milestones(owner, decay_t))
    length = warmup_length(owner, warmup_t)
    return warmed(owner, after, base, warmup_t=length, warmup_lr_init=warmup_lr_init, prefix=prefix)


def _period(decay_t: float) -> float:
    """Return the period whose rounded quotient t / period has the floor that timm takes of the exact one.

    The double 2.2 is a little more than 2.2: its fifth multiple is more than 11, so 11 // 2.2 is 4, but 11 / 2.2 is 5.
    """
    multiple = Fraction(decay_t).limit_denominator(1000).numerator
    return decay_t if floor(multiple / decay_t) == multiple // decay_t else nextafter(decay_t, inf)


def _milestones(owner: str, decay_t: Sequence[float]) -> tuple[float, ...]:
    if isinstance(decay_t, (list, tuple)) and not decay_t:
        return ()
    milestones: tuple[float, ...] = _core.check(owner, "decay_t", Rule.numbers, decay_t)
    return milestones


def _stairs(owner: str, base: float, rate: float, milestones: tuple[float, ...]) -> Schedule:
    """Return a stage for each milestone that comes after step 0; how many have come is for bisection to say."""
    coming = [one for one in sorted(set(milestones)) if 1.0 < one <= LAST_STEP]
    values = [_dropped(owner, base, rate, bisect_right(milestones, one)) for one in [1.0, *coming]]
    return PiecewiseConstant(values, milestones=[one - 1 for one in coming]) if coming else Constant(values[0])


def _dropped(owner: str, base: float, rate: float, drops: int) -> float:
    try:
        return base * rate**drops
    except OverflowError:
        raise ValueError(
            f"{owner}: `decay_rate` must be less where it is multiplied {drops} times, got {rate!r}"
        ) from None
