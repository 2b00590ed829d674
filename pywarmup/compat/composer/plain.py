"""Composer's schedulers without a warmup."""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat.composer.clock import Clock
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, ExponentialDecay, Linear, PiecewiseConstant, Polynomial

Rule = _core.Rule


def StepScheduler(  # noqa: N802
    step_size: str,
    gamma: float = 0.1,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return base_lr * gamma**floor(t / step_size).

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.StepScheduler("3ep", gamma=0.5, dataloader_len=10)([29, 30, 60])
        array([1.  , 0.5 , 0.25])
    """
    clock = Clock("StepScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    every = clock.length("step_size", step_size)
    rate = _core.check("StepScheduler", "gamma", Rule.non_negative, gamma)
    return ExponentialDecay(_base("StepScheduler", base_lr), decay_rate=rate, every=every, staircase=True)


def MultiStepScheduler(  # noqa: N802
    milestones: Sequence[str],
    gamma: float = 0.1,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return base_lr * gamma**(number of milestones <= t), the milestones in any order.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.MultiStepScheduler(["30ba", "0.6dur"], max_duration="100ba")([29, 30, 60]).round(12)
        array([1.  , 0.1 , 0.01])
    """
    clock = Clock("MultiStepScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    return drops(clock, _base("MultiStepScheduler", base_lr), milestones, gamma)


def ConstantScheduler(  # noqa: N802
    alpha: float = 1.0,
    t_max: str = "1dur",
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return alpha * base_lr before `t_max`, and base_lr from there on.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.ConstantScheduler(0.1, "0.25dur", max_duration="100ba")([0, 24, 25])
        array([0.1, 0.1, 1. ])
    """
    clock = Clock("ConstantScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _base("ConstantScheduler", base_lr)
    value = base * _core.check("ConstantScheduler", "alpha", Rule.non_negative, alpha)
    if value == base and max_duration is None:  # then Composer, too, would not have to know how long the run is
        return Constant(base)
    steps = clock.steps("t_max", t_max)
    return join(Constant(value, steps=steps), Constant(base)) if steps else Constant(base)


def LinearScheduler(  # noqa: N802
    alpha_i: float = 1.0,
    alpha_f: float = 0.0,
    t_max: str = "1dur",
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return a straight line from alpha_i * base_lr to alpha_f * base_lr at `t_max`, then held.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.LinearScheduler(t_max="0.5dur", max_duration="100ba")([0, 25, 50, 99])
        array([1. , 0.5, 0. , 0. ])
    """
    clock = Clock("LinearScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _base("LinearScheduler", base_lr)
    start = base * _core.check("LinearScheduler", "alpha_i", Rule.non_negative, alpha_i)
    return Linear(start, floor(clock, base, alpha_f), steps=clock.length("t_max", t_max))


def ExponentialScheduler(  # noqa: N802
    gamma: float,
    decay_period: str = "1ep",
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return base_lr * gamma**(t / decay_period), for ever.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.ExponentialScheduler(0.5, "10ba")([0, 10, 20])
        array([1.  , 0.5 , 0.25])
    """
    clock = Clock("ExponentialScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    every = clock.length("decay_period", decay_period)
    rate = _core.check("ExponentialScheduler", "gamma", Rule.non_negative, gamma)
    return ExponentialDecay(_base("ExponentialScheduler", base_lr), decay_rate=rate, every=every)


def CosineAnnealingScheduler(  # noqa: N802
    t_max: str = "1dur",
    alpha_f: float = 0.0,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return half a cosine from base_lr to alpha_f * base_lr at `t_max`, then held.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.CosineAnnealingScheduler(max_duration="10ep", dataloader_len=10)([0, 50, 100])
        array([1. , 0.5, 0. ])
    """
    clock = Clock("CosineAnnealingScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _base("CosineAnnealingScheduler", base_lr)
    return Cosine(base, floor(clock, base, alpha_f), steps=clock.length("t_max", t_max))


def CosineAnnealingWarmRestartsScheduler(  # noqa: N802
    t_0: str,
    t_mult: float = 1.0,
    alpha_f: float = 0.0,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return half cosines from base_lr to alpha_f * base_lr, each `t_mult` times as long as the one before.

    Lengths are cut to whole steps each time, as in Composer: ten steps with `t_mult=1.05` stay ten for ever. With
    `t_mult` below 1 they come to nothing; Composer raises there, and a step past the last cycle is an error here.

    Raises:
        ValueError: For a number or a time outside its range, and for more than 100,000 cycles of different lengths.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.CosineAnnealingWarmRestartsScheduler("10ba", 2.0)([0, 5, 10, 20, 30])
        array([1. , 0.5, 1. , 0.5, 1. ])
    """
    owner = "CosineAnnealingWarmRestartsScheduler"
    clock = Clock(owner, max_duration, dataloader_len, scale_schedule_ratio)
    base = _base(owner, base_lr)
    low = floor(clock, base, alpha_f)
    factor = _core.check(owner, "t_mult", Rule.non_negative, t_mult)
    lengths = _cycle_lengths(clock.length("t_0", t_0), factor)
    cycles: list[Schedule] = [Cosine(base, low, steps=steps) for steps in lengths]
    if int(lengths[-1] * factor) == lengths[-1]:
        cycles[-1] = cycles[-1].repeat()
    made = join(*cycles)
    return made.past_end("error") if int(lengths[-1] * factor) < 1 else made


# Until they do not change any more, come to nothing, or reach the last step that there is.
def _cycle_lengths(first: int, factor: float) -> list[int]:
    lengths = [first]
    end = first
    while (following := int(lengths[-1] * factor)) != lengths[-1] and 0 < following <= 2**53 - end:
        if len(lengths) == 100_000:
            raise ValueError(
                f"CosineAnnealingWarmRestartsScheduler: `t_mult` must make at most 100000 cycles, got {factor!r}"
            )
        lengths.append(following)
        end += following
    return lengths


def PolynomialScheduler(  # noqa: N802
    power: float,
    t_max: str = "1dur",
    alpha_f: float = 0.0,
    *,
    base_lr: float = 1.0,
    max_duration: str | None = None,
    dataloader_len: int | None = None,
    scale_schedule_ratio: float = 1.0,
) -> Schedule:
    """Return base_lr * (alpha_f + (1 - alpha_f) * (1 - t / t_max)**power), held after `t_max`.

    Raises:
        ValueError: For a number or a time outside its range.

    Example:
        >>> from pywarmup.compat import composer
        >>> composer.PolynomialScheduler(2.0, max_duration="100ba")([0, 50, 100])
        array([1.  , 0.25, 0.  ])
    """
    clock = Clock("PolynomialScheduler", max_duration, dataloader_len, scale_schedule_ratio)
    base = _base("PolynomialScheduler", base_lr)
    return polynomial(clock, base, floor(clock, base, alpha_f), clock.length("t_max", t_max), power)


def polynomial(clock: Clock, start: float, end: float, steps: int, power: float) -> Schedule:
    """Return a power of what remains. 0**0 is 1: with power 0 the start is held, even at the end."""
    exponent = _core.check(clock.owner, "power", Rule.non_negative, power)
    return Polynomial(start, end, steps=steps, power=exponent) if exponent else Constant(start)


def drops(clock: Clock, base: float, milestones: Sequence[str], gamma: float) -> Schedule:
    """Return what falls by a factor at each milestone."""
    factor = _core.check(clock.owner, "gamma", Rule.non_negative, gamma)
    if isinstance(milestones, str) or not isinstance(milestones, Sequence):
        raise TypeError(f"{clock.owner}: `milestones` must be a list of times, got {milestones!r}")
    times = sorted(clock.steps(f"milestones[{index}]", time) for index, time in enumerate(milestones))
    begins = sorted({time for time in times if time > 0})
    values = [base * factor ** sum(time <= begin for time in times) for begin in (0, *begins)]
    return PiecewiseConstant(values, milestones=begins)


def floor(clock: Clock, base: float, alpha_f: float) -> float:
    """Return the end of a decay."""
    return float(base * _core.check(clock.owner, "alpha_f", Rule.non_negative, alpha_f))


def _base(owner: str, base_lr: float) -> float:
    return float(_core.check(owner, "base_lr", Rule.non_negative, base_lr))
