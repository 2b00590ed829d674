"""The recipes: named compositions of shapes, as the field names them. None has a formula of its own.

`total_steps` always includes the warmup. With `warmup_steps=0` there is no such stage and step 0 has the peak.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import (
    Constant,
    Cosine,
    Exponential,
    ExponentialDecay,
    InverseSqrt,
    Linear,
    Logarithmic,
    OneMinusSqrt,
    PiecewiseConstant,
    Polynomial,
    SaturatingExponential,
    SquareRoot,
)

Rule = _core.Rule
Warmup: TypeAlias = (
    Schedule
    | Literal["linear", "constant", "exponential", "cosine", "polynomial", "1-sqrt", "log", "saturating_exponential"]
)
Decay: TypeAlias = Literal["linear", "cosine", "1-sqrt", "sqrt", "exponential", "polynomial", "power"]


def warmup_constant(
    peak_value: float, *, warmup_steps: float, total_steps: float | None = None, init_value: float = 0.0
) -> Schedule:
    """Return a linear warmup, then the peak.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included; None is endless.
        init_value: Value at step 0, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_constant(0.1, warmup_steps=2)
        Join(stages=(Linear(init_value=0.0, end_value=0.1, steps=2), Constant(value=0.1, steps=None)))

    Same as:
        transformers `get_constant_schedule_with_warmup`.

    References:
        Goyal et al. 2017, arXiv:1706.02677, section 2.2.
    """
    name = "warmup_constant"
    if total_steps is None:
        warmup = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
        return _after_warmup(name, peak_value, warmup, init_value, Constant(peak_value))
    warmup, rest = _lengths(name, warmup_steps, total_steps)
    return _after_warmup(name, peak_value, warmup, init_value, Constant(peak_value, steps=rest))


def warmup_linear(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
) -> Schedule:
    """Return a linear warmup, then a linear decay.

    peak_value * t / warmup_steps, then peak_value * (total_steps - t) / (total_steps - warmup_steps), for the
    default init_value and end_value of 0.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_linear(1.0, warmup_steps=2, total_steps=6)[:7]
        array([0.  , 0.5 , 1.  , 0.75, 0.5 , 0.25, 0.  ])

    Same as:
        transformers `get_linear_schedule_with_warmup`.

    References:
        Devlin et al. 2019, arXiv:1810.04805, appendix A.2.
    """
    name = "warmup_linear"
    warmup, rest = _lengths(name, warmup_steps, total_steps)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)
    return _after_warmup(name, peak_value, warmup, init_value, lambda peak: Linear(peak, end_value, steps=rest))


def warmup_cosine(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
) -> Schedule:
    """Return a linear warmup, then half a cosine wave.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_cosine(1.0, warmup_steps=2, total_steps=6)[:7].round(3)
        array([0.   , 0.5  , 1.   , 0.854, 0.5  , 0.146, 0.   ])

    Same as:
        transformers `get_cosine_schedule_with_warmup`; optax `warmup_cosine_decay_schedule`.

    References:
        Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5.
    """
    name = "warmup_cosine"
    warmup, rest = _lengths(name, warmup_steps, total_steps)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)
    return _after_warmup(name, peak_value, warmup, init_value, lambda peak: Cosine(peak, end_value, steps=rest))


def warmup_polynomial(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
    power: float = 1.0,
) -> Schedule:
    """Return a linear warmup, then a polynomial decay.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0. (transformers' default is 1e-7.)
        power: Power of the remaining fraction, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_polynomial(1.0, warmup_steps=2, total_steps=6, power=2)[:7]
        array([0.    , 0.5   , 1.    , 0.5625, 0.25  , 0.0625, 0.    ])

    Same as:
        transformers `get_polynomial_decay_schedule_with_warmup`.

    References:
        Liu et al. 2015, arXiv:1506.04579, section 3.1.
    """
    name = "warmup_polynomial"
    warmup, rest = _lengths(name, warmup_steps, total_steps)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)
    power = _core.check(name, "power", Rule.non_negative, power)
    return _after_warmup(
        name,
        peak_value,
        warmup,
        init_value,
        lambda peak: Polynomial(peak, end_value, steps=rest, power=power),
    )


def warmup_exponential(
    peak_value: float, *, warmup_steps: float, total_steps: float, init_value: float, end_value: float
) -> Schedule:
    """Return a geometric warmup, then a geometric decay.

    init_value * (peak_value / init_value)**(t / warmup_steps), then the same from peak_value to end_value.

    Args:
        peak_value: Value after the warmup, > 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, > 0.
        end_value: Value at total_steps and after, > 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_exponential(1.0, warmup_steps=2, total_steps=4, init_value=0.01, end_value=0.01)[:5].round(3)
        array([0.01, 0.1 , 1.  , 0.1 , 0.01])

    References:
        Folklore.
    """
    name = "warmup_exponential"
    warmup, rest = _lengths(name, warmup_steps, total_steps)
    peak = _core.check(name, "peak_value", Rule.positive, peak_value)
    init_value = _core.check(name, "init_value", Rule.positive, init_value)
    end_value = _core.check(name, "end_value", Rule.positive, end_value)
    decay = Exponential(peak, end_value, steps=rest)
    return join(Exponential(init_value, peak, steps=warmup), decay) if warmup else decay


def warmup_inverse_sqrt(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float | None = None,
    init_value: float = 0.0,
    end_value: float = 0.0,
    timescale: float | None = None,
) -> Schedule:
    """Return a linear warmup, then a decay by the square root of time.

    peak_value * sqrt(timescale / (t - warmup_steps + timescale)) after the warmup, never less than end_value.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0.
        total_steps: Length of the run, warmup included; None is endless.
        init_value: Value at step 0, >= 0.
        end_value: The least value of the decay, >= 0.
        timescale: Steps, > 0; None is warmup_steps, or 10,000 without warmup.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_inverse_sqrt(1.0, warmup_steps=4, total_steps=20)([0, 2, 4, 16])
        array([0. , 0.5, 1. , 0.5])

    Same as:
        transformers `get_inverse_sqrt_schedule`.

    References:
        Vaswani et al. 2017, arXiv:1706.03762, equation 3.
    """
    name = "warmup_inverse_sqrt"
    warmup = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
    scale = (warmup or 10_000) if timescale is None else _core.check(name, "timescale", Rule.length, timescale)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)

    def decay(peak: float) -> Schedule:
        shape: Schedule = InverseSqrt(peak, timescale=scale)
        if total_steps is not None:
            shape = shape.until(_lengths(name, warmup_steps, total_steps)[1])
        return shape.clip(lower=end_value) if end_value else shape

    return _after_warmup(name, peak_value, warmup, init_value, decay)


def cosine_restarts(
    peak_value: float,
    *,
    cycle_steps: float,
    growth: float = 1.0,
    decay: float = 1.0,
    warmup_steps: float = 0,
    cycles: int | None = None,
    end_value: float = 0.0,
    init_value: float = 0.0,
    rewarmup_steps: float = 0,
) -> Schedule:
    """Return warm restarts (SGDR): half cosine waves, each of which starts at the peak again.

    Cycle c lasts cycle_steps * growth**c steps and runs from peak_value * decay**c to end_value.

    Args:
        peak_value: Value at the start of the first cycle, >= 0.
        cycle_steps: Length of the first cycle, > 0 (torch's T_0).
        growth: Ratio of one cycle's length to the one before, >= 1 (torch's T_mult).
        decay: Ratio of one cycle's peak to the one before, > 0.
        warmup_steps: Length of a linear warmup before the first cycle, >= 0.
        cycles: How many; None is endless.
        end_value: Value at the end of each cycle, >= 0.
        init_value: Value at step 0 of the warmup, >= 0.
        rewarmup_steps: How many steps of every cycle rise from end_value to its peak, >= 0.

    Returns:
        A composition of the cycles.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.cosine_restarts(0.1, cycle_steps=100, growth=2, warmup_steps=10)
        >>> s(10), s(110), s(310)
        (0.1, 0.1, 0.1)

    Same as:
        torch `CosineAnnealingWarmRestarts`, with restarts that are exact running sums.

    References:
        Loshchilov and Hutter 2017, arXiv:1608.03983, section 3.
    """
    name = "cosine_restarts"
    peak = _core.check(name, "peak_value", Rule.non_negative, peak_value)
    floor = _core.check(name, "end_value", Rule.non_negative, end_value)
    length = _core.check(name, "cycle_steps", Rule.length, cycle_steps)
    rise = _core.check(name, "rewarmup_steps", Rule.delay, rewarmup_steps)
    _check_less(name, "rewarmup_steps", rewarmup_steps, "cycle_steps", length)
    waves = _cycle(peak, 0.0, length, rise).repeat(cycles, growth=growth, decay=decay)
    if floor:
        waves = waves + _cycle(0.0, floor, length, rise).repeat(cycles, growth=growth)
    warmup = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
    return _after_warmup(name, peak, warmup, init_value, waves)


def wsd(
    peak_value: float,
    *,
    warmup_steps: float,
    decay_steps: float,
    total_steps: float,
    end_value: float = 0.0,
    decay: Decay = "linear",
    init_value: float = 0.0,
    warmup: Warmup = "linear",
    power: float = 2.0,
) -> Schedule:
    """Return warmup, stable, decay.

    Args:
        peak_value: Value of the stable stage, >= 0.
        warmup_steps: Length of the warmup, >= 0.
        decay_steps: Length of the decay, >= 0; it ends at total_steps.
        total_steps: Length of the run.
        end_value: Value at total_steps and after, >= 0.
        decay: "linear", "cosine", "1-sqrt", "sqrt" (the root of what remains), "exponential" (equal ratios;
            end_value > 0), "polynomial" ((1 - u)**power) or "power" (1 - u**power).
        init_value: Value at step 0, >= 0.
        warmup: "linear", "constant" (init_value, then the jump), "exponential" (init_value > 0), "cosine",
            "polynomial" (u**power), "1-sqrt", "log"; "saturating_exponential", a factor of the whole run with
            timescale warmup_steps; or a schedule of `warmup_steps` steps.
        power: Of the polynomial and power styles, >= 0.

    Returns:
        A `Join` of the stages.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or an unknown style.

    Example:
        >>> import pywarmup as pw
        >>> pw.wsd(1.0, warmup_steps=2, decay_steps=4, total_steps=8)[:9]
        array([0.  , 0.5 , 1.  , 1.  , 1.  , 0.75, 0.5 , 0.25, 0.  ])

    Same as:
        transformers `get_wsd_schedule`.

    References:
        Hu et al. 2024, arXiv:2404.06395, section 4.3; Hägele et al. 2024, arXiv:2405.18392.
    """
    name = "wsd"
    total = _core.check(name, "total_steps", Rule.length, total_steps)
    rise = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
    fall = _core.check(name, "decay_steps", Rule.delay, decay_steps)
    stable = total - rise - fall
    if stable < 0 or rise >= total:
        raise ValueError(
            f"{name}: `warmup_steps` must be less than `total_steps` and at most `total_steps - decay_steps`, "
            f"got {warmup_steps!r} with decay_steps={decay_steps!r}, total_steps={total_steps!r}"
        )
    peak = _core.check(name, "peak_value", Rule.non_negative, peak_value)
    stages: list[Schedule] = []
    if fall:
        stages = [decay_stage(name, "decay", decay, peak, end_value, fall, power)]
    if warmup == "saturating_exponential" and rise:
        return _stable(peak, stable + rise, stages) * SaturatingExponential(1.0, timescale=rise)
    start = _core.check(name, "init_value", Rule.non_negative, init_value)
    before = [_warmup_stage(name, warmup, start, peak, rise, power)] if rise else []
    return join(*before, *([Constant(peak, steps=stable)] if stable else []), *stages)


def trapezoid(
    peak_value: float,
    *,
    warmup_steps: float,
    decay_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
) -> Schedule:
    """Return a linear rise, the peak, and a linear fall: `wsd` with straight sides.

    Args:
        peak_value: Value of the top, >= 0.
        warmup_steps: Length of the rise, >= 0.
        decay_steps: Length of the fall, >= 0.
        total_steps: Length of the run.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0.

    Returns:
        A `Join` of the stages.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.trapezoid(1.0, warmup_steps=2, decay_steps=2, total_steps=6)[:7]
        array([0. , 0.5, 1. , 1. , 1. , 0.5, 0. ])

    References:
        Xing et al. 2018, arXiv:1802.08770, section 5.
    """
    return wsd(
        peak_value,
        warmup_steps=warmup_steps,
        decay_steps=decay_steps,
        total_steps=total_steps,
        init_value=init_value,
        end_value=end_value,
    )


def goyal(
    base_value: float,
    *,
    scale: float,
    warmup_steps: float,
    total_steps: float,
    then: Schedule | None = None,
    warmup: Literal["gradual", "constant"] = "gradual",
) -> Schedule:
    """Return the warmup of large minibatches: from the base rate to `scale` times it, then a scaled schedule.

    base_value * (1 + (scale - 1) * t / warmup_steps), or base_value until the jump if constant; then
    scale * then(t - warmup_steps).

    Args:
        base_value: The rate of the small minibatch, >= 0.
        scale: How many times larger the minibatch is, > 0 (k of the linear scaling rule).
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        then: The schedule after the warmup, written for the base rate; None is constant.
        warmup: "gradual", or "constant": base_value, then the jump.

    Returns:
        A `Join` of the stages.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.goyal(0.1, scale=8, warmup_steps=4, total_steps=8)[:6].round(3)
        array([0.1  , 0.275, 0.45 , 0.625, 0.8  , 0.8  ])

    Same as:
        ildoonet's GradualWarmupScheduler with its multiplier kept after the warmup.

    References:
        Goyal et al. 2017, arXiv:1706.02677, section 2.2.
    """
    name = "goyal"
    steps, rest = _lengths(name, warmup_steps, total_steps)
    base = _core.check(name, "base_value", Rule.non_negative, base_value)
    factor = _core.check(name, "scale", Rule.positive, scale)
    if warmup not in ("gradual", "constant"):
        raise ValueError(f"{name}: `warmup` must be 'gradual' or 'constant', got {warmup!r}")
    peak = base * factor
    if then is None:
        after: Schedule = Constant(peak, steps=rest)
    else:
        _core.check(name, "then", Rule.schedule, then)
        after = (then if then.total_steps == rest else then.until(rest)) * factor
    if not steps:
        return after
    return join(Linear(base, peak, steps=steps) if warmup == "gradual" else Constant(base, steps=steps), after)


def one_cycle(
    peak_value: float,
    *,
    total_steps: float,
    warmup_fraction: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    anneal: Literal["cosine", "linear"] = "cosine",
    three_phase: bool = False,
) -> Schedule:
    """Return one cycle: up to the peak, and down to far below where it began.

    From peak_value / div_factor to peak_value over warmup_fraction of the run, then to
    peak_value / (div_factor * final_div_factor); with three phases back to the start first, as long as the rise.

    Args:
        peak_value: Value of the top, >= 0.
        total_steps: Length of the run.
        warmup_fraction: Fraction of the run in which it rises, in (0, 1); less than 1/2 with three phases.
        div_factor: Ratio of the peak to the first value, > 0.
        final_div_factor: Ratio of the first value to the last, > 0.
        anneal: "cosine" or "linear".
        three_phase: Whether it returns to the first value before the last phase.

    Returns:
        A `Join` of the phases.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.one_cycle(1.0, total_steps=100)
        >>> s(0), s(30), s(100)
        (0.04, 1.0, 4e-06)

    Same as:
        optax `cosine_onecycle_schedule`. (torch's OneCycleLR has its peak one step earlier and its end at
        total_steps - 1.)

    References:
        Smith and Topin 2018, arXiv:1708.07120, section 2.
    """
    name = "one_cycle"
    shapes = {"cosine": Cosine, "linear": Linear}
    if anneal not in shapes:
        raise ValueError(f"{name}: `anneal` must be 'cosine' or 'linear', got {anneal!r}")
    between: Callable[..., Schedule] = shapes[anneal]
    peak = _core.check(name, "peak_value", Rule.non_negative, peak_value)
    total = _core.check(name, "total_steps", Rule.length, total_steps)
    fraction = _core.check(name, "warmup_fraction", Rule.positive, warmup_fraction)
    largest = 0.5 if _core.check(name, "three_phase", Rule.flag, three_phase) else 1.0
    if not fraction < largest:
        raise ValueError(f"{name}: `warmup_fraction` must be less than {largest:g}, got {warmup_fraction!r}")
    start = peak / _core.check(name, "div_factor", Rule.positive, div_factor)
    end = start / _core.check(name, "final_div_factor", Rule.positive, final_div_factor)
    rise = int(fraction * total) or fraction * total
    if three_phase:
        down = between(peak, start, steps=rise)
        return join(between(start, peak, steps=rise), down, between(start, end, steps=total - 2 * rise))
    return join(between(start, peak, steps=rise), between(peak, end, steps=total - rise))


def triangular(
    base_value: float,
    peak_value: float,
    *,
    up_steps: float,
    down_steps: float | None = None,
    decay: float = 1.0,
) -> Schedule:
    """Return cycles that rise and fall on straight lines, without end.

    base_value + (peak_value - base_value) * decay**c * tri(t), tri going 0, 1, 0 in cycle c.

    Args:
        base_value: The least value, >= 0.
        peak_value: The greatest value, at least base_value.
        up_steps: Length of the rise, > 0.
        down_steps: Length of the fall, > 0; None is up_steps.
        decay: Ratio of one cycle's height to the one before, > 0.

    Returns:
        A composition of the cycles.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.triangular(0.0, 1.0, up_steps=2)[:8]
        array([0. , 0.5, 1. , 0.5, 0. , 0.5, 1. , 0.5])

    Same as:
        torch `CyclicLR(mode="triangular")`.

    References:
        Smith 2017, arXiv:1506.01186, section 3.
    """
    base, wave = _triangle("triangular", base_value, peak_value, up_steps, down_steps)
    waves = wave.repeat(decay=_core.check("triangular", "decay", Rule.positive, decay))
    return waves + base if base else waves


def triangular2(base_value: float, peak_value: float, *, up_steps: float, down_steps: float | None = None) -> Schedule:
    """Return `triangular` cycles of which each is half as high as the one before.

    Args:
        base_value: The least value, >= 0.
        peak_value: The greatest value, at least base_value.
        up_steps: Length of the rise, > 0.
        down_steps: Length of the fall, > 0; None is up_steps.

    Returns:
        A composition of the cycles.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.triangular2(0.0, 1.0, up_steps=2)[:8]
        array([0.  , 0.5 , 1.  , 0.5 , 0.  , 0.25, 0.5 , 0.25])

    Same as:
        torch `CyclicLR(mode="triangular2")`.

    References:
        Smith 2017, arXiv:1506.01186, section 3.
    """
    base, wave = _triangle("triangular2", base_value, peak_value, up_steps, down_steps)
    return wave.repeat(decay=0.5) + base if base else wave.repeat(decay=0.5)


def exp_range(
    base_value: float,
    peak_value: float,
    *,
    up_steps: float,
    decay_rate: float,
    down_steps: float | None = None,
) -> Schedule:
    """Return `triangular` cycles whose height decays with every step.

    base_value + (peak_value - base_value) * decay_rate**t * tri(t)

    Args:
        base_value: The least value, >= 0.
        peak_value: The greatest value, at least base_value.
        up_steps: Length of the rise, > 0.
        decay_rate: Factor per step, >= 0 (gamma).
        down_steps: Length of the fall, > 0; None is up_steps.

    Returns:
        A composition of the cycles.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.exp_range(0.0, 1.0, up_steps=2, decay_rate=0.5)[:4]
        array([0.    , 0.25  , 0.25  , 0.0625])

    Same as:
        torch `CyclicLR(mode="exp_range")`.

    References:
        Smith 2017, arXiv:1506.01186, section 3.
    """
    base, wave = _triangle("exp_range", base_value, peak_value, up_steps, down_steps)
    rate = _core.check("exp_range", "decay_rate", Rule.non_negative, decay_rate)
    waves = wave.repeat() * ExponentialDecay(1.0, decay_rate=rate, every=1)
    return waves + base if base else waves


def step_decay(init_value: float, *, every: float, factor: float = 0.1) -> Schedule:
    """Return a value that drops by a factor every so many steps, without end.

    init_value * factor**floor(t / every)

    Args:
        init_value: Value at step 0, >= 0.
        every: Steps from drop to drop, > 0.
        factor: What each drop multiplies by, >= 0.

    Returns:
        An `ExponentialDecay` in stairs.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.step_decay(1.0, every=2, factor=0.5)[:5]
        array([1.  , 1.  , 0.5 , 0.5 , 0.25])

    Same as:
        torch `StepLR`.

    References:
        Folklore.
    """
    init_value = _core.check("step_decay", "init_value", Rule.non_negative, init_value)
    factor = _core.check("step_decay", "factor", Rule.non_negative, factor)
    every = _core.check("step_decay", "every", Rule.length, every)
    return ExponentialDecay(init_value, decay_rate=factor, every=every, staircase=True)


def multi_step(init_value: float, *, milestones: Sequence[float], factor: float = 0.1) -> Schedule:
    """Return a value that drops by a factor at each milestone, without end.

    init_value * factor**(number of milestones <= t)

    Args:
        init_value: Value at step 0.
        milestones: The steps of the drops, > 0 and increasing.
        factor: What each drop multiplies by.

    Returns:
        A `PiecewiseConstant`.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.multi_step(1.0, milestones=[2, 3], factor=0.5)[:5]
        array([1.  , 1.  , 0.5 , 0.25, 0.25])

    Same as:
        torch `MultiStepLR`.

    References:
        He et al. 2016, arXiv:1512.03385, section 4.2.
    """
    init_value = _core.check("multi_step", "init_value", Rule.finite, init_value)
    factor = _core.check("multi_step", "factor", Rule.finite, factor)
    steps = _core.check("multi_step", "milestones", Rule.milestones, milestones)
    return PiecewiseConstant.from_factors(init_value, milestones=steps, factors=[factor] * len(steps))


def noam(scale: float = 1.0, *, model_size: float, warmup_steps: float) -> Schedule:
    """Return the schedule of the Transformer: linear warmup, inverse square root, scaled by the model's width.

    scale * model_size**-0.5 * min(t**-0.5, t * warmup_steps**-1.5)

    Args:
        scale: Factor, >= 0.
        model_size: Width of the model, > 0.
        warmup_steps: Length of the warmup, > 0.

    Returns:
        A `Join` of the stages, without end.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> round(pw.noam(model_size=512, warmup_steps=4000)(4000), 8)
        0.00069877

    Same as:
        Paddle `NoamDecay`.

    References:
        Vaswani et al. 2017, arXiv:1706.03762, equation 3.
    """
    factor = _core.check("noam", "scale", Rule.non_negative, scale)
    width = _core.check("noam", "model_size", Rule.positive, model_size)
    steps = _core.check("noam", "warmup_steps", Rule.length, warmup_steps)
    return warmup_inverse_sqrt(factor / (width * steps) ** 0.5, warmup_steps=steps)


# What recipes share.


def decay_stage(
    owner: str, field: str, style: str, start: float, end: float, steps: float, power: float = 2.0
) -> Schedule:
    """Return the decay of that style from one value to another."""
    end = _core.check(owner, "end_value" if field == "decay" else "to", Rule.non_negative, end)
    power = _core.check(owner, "power", Rule.non_negative, power)
    styles: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: Linear(start, end, steps=steps),
        "cosine": lambda: Cosine(start, end, steps=steps),
        "1-sqrt": lambda: OneMinusSqrt(start, end, steps=steps),
        "sqrt": lambda: SquareRoot(start, end, steps=steps),
        "exponential": lambda: Exponential(start, end, steps=steps),
        "polynomial": lambda: Polynomial(start, end, steps=steps, power=power),
        "power": lambda: Polynomial(end, start, steps=steps, power=power).reverse(),
    }
    return _styled(owner, field, style, styles)


def _warmup_stage(owner: str, style: Warmup, start: float, peak: float, steps: float, power: float) -> Schedule:
    if isinstance(style, Schedule):
        return style if style.total_steps == steps else style.until(steps)
    styles: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: Linear(start, peak, steps=steps),
        "constant": lambda: Constant(start, steps=steps),
        "exponential": lambda: Exponential(start, peak, steps=steps),
        "cosine": lambda: Cosine(start, peak, steps=steps),
        "polynomial": lambda: Polynomial(peak, start, steps=steps, power=power).reverse(),
        "1-sqrt": lambda: OneMinusSqrt(peak, start, steps=steps).reverse(),
        "log": lambda: Logarithmic(start, peak, steps=steps),
    }
    return _styled(owner, "warmup", style, styles)


def _styled(owner: str, field: str, style: Any, styles: dict[str, Callable[[], Schedule]]) -> Schedule:
    if not isinstance(style, str) or style not in styles:
        known = ", ".join(repr(name) for name in styles)
        raise ValueError(f"{owner}: `{field}` must be one of {known}, got {style!r}")
    return styles[style]()


def _lengths(owner: str, warmup_steps: float, total_steps: float) -> tuple[float, float]:
    """Return the lengths of the warmup and of what follows it."""
    warmup = _core.check(owner, "warmup_steps", Rule.delay, warmup_steps)
    total = _core.check(owner, "total_steps", Rule.length, total_steps)
    _check_less(owner, "warmup_steps", warmup_steps, "total_steps", total)
    return warmup, total - warmup


def _check_less(owner: str, field: str, given: float, limit_field: str, limit: float) -> None:
    if not given < limit:
        raise ValueError(f"{owner}: `{field}` must be less than `{limit_field}` ({limit!r}), got {given!r}")


def _after_warmup(
    owner: str,
    peak_value: float,
    warmup: float,
    init_value: float,
    after: Schedule | Callable[[float], Schedule],
) -> Schedule:
    """Return a linear warmup, if it has any length, before a schedule made for the peak."""
    peak = _core.check(owner, "peak_value", Rule.non_negative, peak_value)
    start = _core.check(owner, "init_value", Rule.non_negative, init_value)
    rest = after if isinstance(after, Schedule) else after(peak)
    return join(Linear(start, peak, steps=warmup), rest) if warmup else rest


def _cycle(peak: float, floor: float, steps: float, rise: float) -> Schedule:
    fall = Cosine(peak, floor, steps=steps - rise)
    return join(Linear(floor, peak, steps=rise), fall) if rise else fall


def _triangle(
    owner: str, base_value: float, peak_value: float, up_steps: float, down_steps: float | None
) -> tuple[float, Schedule]:
    """Return the base and one cycle above it."""
    base = _core.check(owner, "base_value", Rule.non_negative, base_value)
    peak = _core.check(owner, "peak_value", Rule.non_negative, peak_value)
    if peak < base:
        raise ValueError(f"{owner}: `peak_value` must be at least `base_value` ({base!r}), got {peak_value!r}")
    up = _core.check(owner, "up_steps", Rule.length, up_steps)
    down = up if down_steps is None else _core.check(owner, "down_steps", Rule.length, down_steps)
    return base, join(Linear(0.0, peak - base, steps=up), Linear(peak - base, 0.0, steps=down))


def _stable(peak: float, steps: float, after: list[Schedule]) -> Schedule:
    return join(*([Constant(peak, steps=steps)] if steps else []), *after)
