"""A value that is held for long: warmup-stable-decay, and the warmup of large minibatches."""

from __future__ import annotations

from typing import Literal

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.recipes.stages import Decay, Warmup, decay_stage, lengths, warmup_stage
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear, SaturatingExponential

Rule = _core.Rule


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
    ratio: float = 0.1,
) -> Schedule:
    """Return warmup, stable, decay.

    Args:
        peak_value: Value of the stable stage, >= 0.
        warmup_steps: Length of the warmup, >= 0.
        decay_steps: Length of the decay, >= 0; it ends at total_steps.
        total_steps: Length of the run.
        end_value: Value at total_steps and after, >= 0.
        decay: "linear", "cosine", "1-sqrt", "sqrt" (the root of what remains), "exponential" (equal ratios;
            end_value > 0), "scaled-exponential" (to any end_value), "polynomial" ((1 - u)**power) or "power"
            (1 - u**power).
        init_value: Value at step 0, >= 0.
        warmup: "linear", "constant" (init_value, then the jump), "exponential" (init_value > 0), "cosine",
            "polynomial" (u**power), "1-sqrt", "log"; "saturating_exponential", a factor of the whole run with
            timescale warmup_steps; or a schedule of `warmup_steps` steps.
        power: Of the polynomial and power styles, >= 0.
        ratio: Of the scaled exponential, > 0 and not 1: 1/10 is timm's "exp", 1/2 Megatron's "exponential".

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
    start = _core.check(name, "init_value", Rule.non_negative, init_value)
    after = decay_stage(name, "decay", decay, peak, end_value, fall or 1, power, ratio)
    stages: list[Schedule] = [Constant(peak, steps=stable)] if stable else []
    stages += [after] if fall else []
    if warmup == "saturating_exponential":
        held = join(*([Constant(peak, steps=rise)] if rise else []), *stages)
        return held * SaturatingExponential(1.0, timescale=rise) if rise else held
    before = warmup_stage(name, warmup, start, peak, rise or 1, power)
    return join(before, *stages) if rise else join(*stages)


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
    steps, rest = lengths(name, warmup_steps, total_steps)
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
