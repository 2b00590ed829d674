"""The schedules of MLX (`mlx.optimizers`), under their own names: `pywarmup.compat.mlx.cosine_decay(...)`.

An optimizer of MLX computes them in float32: these are the values before that rounding.
"""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat._checks import Rule, finite, listed, schedules_of
from pywarmup.compat._curves import between, signed
from pywarmup.compat._stages import joined
from pywarmup.schedule import Schedule
from pywarmup.shapes import Cosine, ExponentialDecay, Linear

__all__ = ["cosine_decay", "exponential_decay", "join_schedules", "linear_schedule", "step_decay"]


def exponential_decay(init: float, decay_rate: float) -> Schedule:
    """Return init * decay_rate**t, without end.

    Args:
        init: Value at step 0, any finite number.
        decay_rate: Factor per step, >= 0. (MLX's values alternate in sign for a negative one.)

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> round(exponential_decay(0.1, 0.9)(4), 6)
        0.06561

    Same as:
        `mlx.optimizers.exponential_decay(init, decay_rate)`.
    """
    (start,) = finite("exponential_decay", init=init)
    rate = _core.check("exponential_decay", "decay_rate", Rule.non_negative, decay_rate)
    return signed(start, lambda value: ExponentialDecay(value, decay_rate=rate, every=1))


def step_decay(init: float, decay_rate: float, step_size: float) -> Schedule:
    """Return init * decay_rate**floor(t / step_size), without end.

    Args:
        init: Value at step 0, any finite number.
        decay_rate: Factor per `step_size` steps, >= 0. (MLX's values alternate in sign for a negative one.)
        step_size: Length of each stair, >= 1.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = step_decay(0.1, 0.5, 10)
        >>> s(9), s(10), s(20)
        (0.1, 0.05, 0.025)

    Same as:
        `mlx.optimizers.step_decay(init, decay_rate, step_size)`.
    """
    owner = "step_decay"
    (start,) = finite(owner, init=init)
    rate = _core.check(owner, "decay_rate", Rule.non_negative, decay_rate)
    size = _length(owner, "step_size", step_size)
    return signed(start, lambda value: ExponentialDecay(value, decay_rate=rate, every=size, staircase=True))


def cosine_decay(init: float, decay_steps: float, end: float = 0.0) -> Schedule:
    """Return half a cosine wave from `init` to `end`, which is held.

    Args:
        init: Value at step 0, any finite number.
        decay_steps: Length of the wave, >= 1.
        end: The last value, any finite number.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = cosine_decay(0.1, 1000)
        >>> s(0), s(500), s(1000), s(1001)
        (0.1, 0.05, 0.0, 0.0)

    Same as:
        `mlx.optimizers.cosine_decay(init, decay_steps, end)`.
    """
    start, last = finite("cosine_decay", init=init, end=end)
    return between(Cosine, start, last, steps=_length("cosine_decay", "decay_steps", decay_steps))


def linear_schedule(init: float, end: float, steps: float) -> Schedule:
    """Return a straight line from `init` to `end`, which is held.

    Args:
        init: Value at step 0, any finite number.
        end: The last value, any finite number.
        steps: Length of the line, >= 1.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = linear_schedule(0.0, 0.1, 100)
        >>> s(0), s(50), s(100), s(101)
        (0.0, 0.05, 0.1, 0.1)

    Same as:
        `mlx.optimizers.linear_schedule(init, end, steps)`.
    """
    start, last = finite("linear_schedule", init=init, end=end)
    return between(Linear, start, last, steps=_length("linear_schedule", "steps", steps))


def join_schedules(schedules: Sequence[Schedule], boundaries: Sequence[float]) -> Schedule:
    """Return schedules one after the other; a boundary step is the step 0 of the schedule that begins there.

    Each step is answered by the last schedule whose boundary is not after it, so one that is not in order is skipped.
    A negative boundary is never reached: MLX's optimizers count steps without a sign. Unlike optax, MLX checks that
    the lengths fit.

    Args:
        schedules: At least one, of pywarmup's own.
        boundaries: One less, the steps at which the second one and those after it begin.

    Raises:
        TypeError: For what is no schedule or no number.
        ValueError: For no schedule, a number that is not finite, or lengths that do not fit.

    Example:
        >>> s = join_schedules([linear_schedule(0.0, 0.1, 10), cosine_decay(0.1, 200)], [10])
        >>> s(5), s(10), round(s(12), 7)
        (0.05, 0.1, 0.0999753)

    Same as:
        `mlx.optimizers.join_schedules(schedules, boundaries)`.
    """
    owner = "join_schedules"
    stages = schedules_of(owner, schedules)
    if not stages:
        raise ValueError(f"{owner}: `schedules` must be a non-empty sequence of schedules, got {schedules!r}")
    begins = listed(owner, "boundaries", boundaries)
    if len(begins) != len(stages) - 1:
        raise ValueError(f"{owner}: `boundaries` must be one shorter than `schedules` ({len(stages)}), got {begins!r}")
    numbers = [_core.check(owner, f"boundaries[{i}]", Rule.finite, one) for i, one in enumerate(begins)]
    reached = [(stage, begin) for stage, begin in zip(stages[1:], numbers, strict=True) if begin >= 0.0]
    return joined([stages[0], *(stage for stage, _ in reached)], [begin for _, begin in reached])


def _length(owner: str, field: str, value: float) -> float:
    steps: float = _core.check(owner, field, Rule.length, value)
    _core.check(owner, field, Rule.at_least_one, value)
    return steps
