"""Curves that come again: warm restarts, triangles, and the one cycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.recipes.stages import after_warmup, check_less
from pywarmup.schedule import Schedule
from pywarmup.shapes import Cosine, ExponentialDecay, Linear

Rule = _core.Rule


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
    check_less(name, "rewarmup_steps", rewarmup_steps, "cycle_steps", length)
    cycles = _core.check(name, "cycles", Rule.optional_count, cycles)
    growth = _core.check(name, "growth", Rule.at_least_one, growth)
    decay = _core.check(name, "decay", Rule.positive, decay)
    waves = _cycle(peak, 0.0, length, rise).repeat(cycles, growth=growth, decay=decay)
    if floor:
        waves = waves + _cycle(0.0, floor, length, rise).repeat(cycles, growth=growth)
    warmup = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
    return after_warmup(name, peak, warmup, init_value, waves)


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
    if not isinstance(anneal, str) or anneal not in shapes:
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
