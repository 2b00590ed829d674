"""Composer's schedulers with a warmup: a straight line from 0, then a decay over what is left of `t_max`.

`scale_warmup` squeezes the warmup by `scale_schedule_ratio`, but the decay begins where it would have begun without: in
between the rate stands still, or, for ratios above 1, it jumps. That is Composer's behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat.composer.clock import Clock
from pywarmup.compat.composer.plain import drops, floor, polynomial
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear

Rule = _core.Rule


def MultiStepWithWarmupScheduler(  # noqa: N802
    t_warmup: str,
    milestones: Sequence[str],
    gamma: float = 0.1,
    scale_warmup: bool = False,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return a warmup, then drops by `gamma` at milestones that count from the start of the run.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.MultiStepWithWarmupScheduler("10ba", ["30ba"])([0, 5, 10, 29, 30])
        array([0. , 0.5, 1. , 1. , 0.1])
    """
    clock = Clock("MultiStepWithWarmupScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _core.check(clock.owner, "base_lr", Rule.non_negative, base_lr)
    after = drops(clock, base, milestones, gamma)
    rise, steps = _rise(clock, t_warmup, base, scale_warmup)
    return join(rise, after.shift(steps)) if rise else after


def ConstantWithWarmupScheduler(  # noqa: N802
    t_warmup: str,
    alpha: float = 1.0,
    t_max: str = "1dur",
    scale_warmup: bool = False,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return a warmup to alpha * base_lr, which is then held for ever.

    Raises:
        ValueError: For a number or a time outside its range, and for a `t_max` below `max_duration`.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.ConstantWithWarmupScheduler("10ba", max_duration="100ba")([0, 5, 10, 99])
        array([0. , 0.5, 1. , 1. ])
    """
    clock = Clock("ConstantWithWarmupScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _core.check(clock.owner, "base_lr", Rule.non_negative, base_lr)
    value = base * _core.check(clock.owner, "alpha", Rule.non_negative, alpha)
    _length(clock, t_max)
    rise, _ = _rise(clock, t_warmup, value, scale_warmup)
    return join(rise, Constant(value)) if rise else Constant(value)


def LinearWithWarmupScheduler(  # noqa: N802
    t_warmup: str,
    alpha_i: float = 1.0,
    alpha_f: float = 0.0,
    t_max: str = "1dur",
    scale_warmup: bool = False,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return a warmup to alpha_i * base_lr, then a straight line to alpha_f * base_lr at `t_max`.

    Raises:
        ValueError: For a number or a time outside its range, and for a `t_max` below `max_duration`.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.LinearWithWarmupScheduler("10ba", max_duration="110ba")([0, 5, 10, 60, 110])
        array([0. , 0.5, 1. , 0.5, 0. ])
    """
    clock = Clock("LinearWithWarmupScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _core.check(clock.owner, "base_lr", Rule.non_negative, base_lr)
    peak = base * _core.check(clock.owner, "alpha_i", Rule.non_negative, alpha_i)
    low = floor(clock, base, alpha_f)
    rise, steps = _rise(clock, t_warmup, peak, scale_warmup)
    left = _length(clock, t_max) - steps
    return _after(rise, Linear(peak, low, steps=left) if left > 0 else Constant(peak))


def CosineAnnealingWithWarmupScheduler(  # noqa: N802
    t_warmup: str,
    t_max: str = "1dur",
    alpha_f: float = 0.0,
    scale_warmup: bool = False,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return a warmup to base_lr, then half a cosine to alpha_f * base_lr at `t_max`.

    Raises:
        ValueError: For a number or a time outside its range, and for a `t_max` below `max_duration`.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.CosineAnnealingWithWarmupScheduler("1ep", max_duration="11ep", dataloader_len=10)([5, 10, 60])
        array([0.5, 1. , 0.5])
    """
    clock = Clock("CosineAnnealingWithWarmupScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _core.check(clock.owner, "base_lr", Rule.non_negative, base_lr)
    low = floor(clock, base, alpha_f)
    rise, steps = _rise(clock, t_warmup, base, scale_warmup)
    left = _length(clock, t_max) - steps
    return _after(rise, Cosine(base, low, steps=left) if left > 0 else Constant(base))


def PolynomialWithWarmupScheduler(  # noqa: N802
    t_warmup: str,
    power: float = 2.0,
    t_max: str = "1dur",
    alpha_f: float = 0.0,
    scale_warmup: bool = False,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return a warmup to base_lr, then a polynomial to alpha_f * base_lr at `t_max`.

    Raises:
        ValueError: For a number or a time outside its range, and for a `t_max` below `max_duration`.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.PolynomialWithWarmupScheduler("10ba", max_duration="110ba")([5, 10, 60, 110])
        array([0.5 , 1.  , 0.25, 0.  ])
    """
    clock = Clock("PolynomialWithWarmupScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _core.check(clock.owner, "base_lr", Rule.non_negative, base_lr)
    low = floor(clock, base, alpha_f)
    rise, steps = _rise(clock, t_warmup, base, scale_warmup)
    left = _length(clock, t_max) - steps
    exponent = _core.check(clock.owner, "power", Rule.non_negative, power)
    return _after(rise, polynomial(clock, base, low, left, exponent) if left > 0 else Constant(base))


def _rise(clock: Clock, t_warmup: str, peak: float, scale_warmup: bool) -> tuple[Schedule | None, int]:
    """The warmup, as long as it is without the ratio, and that length."""
    steps = clock.steps("t_warmup", t_warmup, ratio=1.0)
    scaled = (
        clock.steps("t_warmup", t_warmup)
        if _core.check(clock.owner, "scale_warmup", Rule.flag, scale_warmup)
        else steps
    )
    if not steps:
        return None, 0
    if not scaled:
        raise ValueError(f"{clock.owner}: `t_warmup` must be at least one step when it is scaled, got {t_warmup!r}")
    rise = Linear(0.0, peak, steps=scaled)
    return (rise if scaled == steps else rise.until(steps)), steps


def _length(clock: Clock, t_max: str) -> int:
    steps = clock.length("t_max", t_max)
    run = clock.duration()
    if run is not None and steps < run:
        raise ValueError(f"{clock.owner}: `t_max` must be at least `max_duration` ({run} steps), got {t_max!r}")
    return steps


def _after(rise: Schedule | None, decay: Schedule) -> Schedule:
    return join(rise, decay) if rise else decay
