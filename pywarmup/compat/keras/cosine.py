"""Keras' cosines."""

# ruff: noqa: N802  (the names are Keras')

from __future__ import annotations

import math
from typing import Any

from pywarmup import _core
from pywarmup.compat._checks import LARGEST_STEP, Rule, finite, steps_if_any
from pywarmup.compat._curves import between, signed
from pywarmup.compat._stages import from_step
from pywarmup.compat.keras.numbers import as_cast, is_whole
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear

MOST_CYCLES = 20_000  # of growing or shrinking ones
SHORTEST = 2.0**-20  # steps


def CosineDecay(
    initial_learning_rate: float,
    decay_steps: float,
    alpha: float = 0.0,
    name: str = "CosineDecay",
    warmup_target: float | None = None,
    warmup_steps: float = 0,
) -> Schedule:
    """Return half a cosine wave, after a linear warmup if there is a target for it.

    decay_steps does not include the warmup. With a target, initial_learning_rate is where the warmup starts, and alpha
    a fraction of the target; without one, warmup_steps means nothing.

    Args:
        initial_learning_rate: Value at step 0, any finite number; of integers see `pywarmup.compat.keras`.
        decay_steps: Length of the wave, > 0.
        alpha: The last value as a fraction of the wave's first; it may be above 1, or negative.
        name: Ignored.
        warmup_target: Value at the end of the warmup, any finite number; None is no warmup.
        warmup_steps: Its length; less than 0 cuts as many steps from the wave.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = CosineDecay(0.0, decay_steps=90, alpha=0.1, warmup_target=1.0, warmup_steps=10)
        >>> s(0), s(1), s(10), round(s(50), 6), s(100)
        (0.0, 0.1, 1.0, 0.628142, 0.1)

    Same as:
        `keras.optimizers.schedules.CosineDecay(...)` with the same arguments.
    """
    owner = "CosineDecay"
    start, fraction = finite(owner, initial_learning_rate=initial_learning_rate, alpha=alpha)
    steps = _core.check(owner, "decay_steps", Rule.length, decay_steps)
    target = _core.check(owner, "warmup_target", Rule.optional_finite, warmup_target)
    warmup = steps_if_any(owner, "warmup_steps", warmup_steps)
    if target is None:
        (steps,) = as_cast(initial_learning_rate, steps)
        return _wave(initial_learning_rate, start, start * fraction, steps)
    steps, target, warmup = as_cast(initial_learning_rate, steps, target, warmup)
    wave = _wave(initial_learning_rate, target, target * fraction, steps)
    return join(between(Linear, start, target, steps=warmup), wave) if warmup > 0.0 else from_step(wave, -warmup)


def CosineDecayRestarts(
    initial_learning_rate: float,
    first_decay_steps: float,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
    name: str = "SGDRDecay",
) -> Schedule:
    """Return half cosine waves, each t_mul times as long and m_mul times as high as the one before.

    Wave number i starts at initial_learning_rate * ((1 - alpha) * m_mul**i + alpha): the floor is not multiplied.
    Keras finds the wave by a logarithm, which is off by one wave at some restarts in float32; here they are running
    sums. With t_mul < 1 the waves come to an end at first_decay_steps / (1 - t_mul), where Keras returns nan: here
    the last value is held. At most 20,000 waves are made of those that change in length, which matters for a t_mul
    within 1e-3 of 1: the end of the last one is held.

    Args:
        initial_learning_rate: Value at step 0, any finite number; of integers see `pywarmup.compat.keras`.
        first_decay_steps: Length of the first wave, > 0.
        t_mul: Ratio of one wave's length to the one before, >= 0.
        m_mul: Ratio of one wave's height to the one before, >= 0. (Keras' heights alternate in sign for less.)
        alpha: The floor as a fraction of initial_learning_rate, any finite number.
        name: Ignored.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = CosineDecayRestarts(0.1, first_decay_steps=10, m_mul=0.5)
        >>> s(0), s(10), s(30), s(70)
        (0.1, 0.05, 0.025, 0.0125)

    Same as:
        `keras.optimizers.schedules.CosineDecayRestarts(...)` with the same arguments.
    """
    owner = "CosineDecayRestarts"
    start, floor = finite(owner, initial_learning_rate=initial_learning_rate, alpha=alpha)
    growth = _core.check(owner, "t_mul", Rule.non_negative, t_mul)
    decay = _core.check(owner, "m_mul", Rule.non_negative, m_mul)
    steps = _core.check(owner, "first_decay_steps", Rule.length, first_decay_steps)
    floor, growth, decay, steps = as_cast(initial_learning_rate, floor, growth, decay, steps)
    first = signed(start * (1.0 - floor), lambda height: _wave(initial_learning_rate, height, 0.0, steps))
    waves = _waves(first, steps, growth, decay)
    return waves + start * floor if floor else waves


def _wave(initial_learning_rate: Any, init_value: float, end_value: float, steps: float) -> Schedule:
    """Return half a wave, or the part of it to which Keras comes with integers, for which pi is 3."""
    if is_whole(initial_learning_rate):
        return between(Cosine, init_value, end_value, steps=steps * math.pi / 3).until(steps)
    return between(Cosine, init_value, end_value, steps=steps)


def _waves(first: Schedule, steps: float, growth: float, decay: float) -> Schedule:
    if decay == 0.0:
        return join(first, Constant(0.0))
    if growth < 1.0:
        return join(*[first.stretch(growth**i) * _power(decay, i) for i in range(_count_shrinking(steps, growth))])
    return first.repeat(_count_growing(steps, growth), growth=growth, decay=decay)


def _power(base: float, exponent: int) -> float:
    """Return base**exponent, or what is nearly the largest double."""
    return base**exponent if exponent * math.log(base) < 709.0 else 1e308


def _count_shrinking(steps: float, growth: float) -> int:
    """Return how many waves begin up to the last whole step that Keras knows, and are long enough to meet a step."""
    last = math.ceil(steps / (1.0 - growth)) - 1
    begin, count = 0.0, 0
    while begin <= last and count < MOST_CYCLES and (steps * growth**count > SHORTEST or count == 0):
        begin, count = begin + steps * growth**count, count + 1
    return count


def _count_growing(steps: float, growth: float) -> int | None:
    """Return how many waves there may be; None where all of them up to the last step can be had."""
    if growth == 1.0 or math.log1p(LARGEST_STEP / steps * (growth - 1.0)) / math.log(growth) < MOST_CYCLES:
        return None
    return MOST_CYCLES
