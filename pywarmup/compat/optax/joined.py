"""optax's schedules of several stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pywarmup import _core
from pywarmup.compat._checks import Rule, finite, listed, schedules_of, steps_if_any
from pywarmup.compat._stages import joined
from pywarmup.compat.optax.decay import cosine, exponential_decay, linear_schedule
from pywarmup.schedule import Schedule


def warmup_constant_schedule(init_value: float, peak_value: float, warmup_steps: float) -> Schedule:
    """Return a linear warmup, and its last value for ever.

    With warmup_steps <= 0 optax stays at init_value for ever, and never comes to peak_value.

    Args:
        init_value: Value at step 0, any finite number.
        peak_value: Value at the end of the warmup, any finite number.
        warmup_steps: Its length.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite, or a length above 2**53.

    Example:
        >>> warmup_constant_schedule(0.0, 1.0, 10)(5), warmup_constant_schedule(0.1, 1.0, 0)(5)
        (0.5, 0.1)

    Same as:
        `optax.warmup_constant_schedule(...)` with the same arguments.
    """
    start, peak = finite("warmup_constant_schedule", init_value=init_value, peak_value=peak_value)
    return linear_schedule(start, peak, steps_if_any("warmup_constant_schedule", "warmup_steps", warmup_steps))


def warmup_cosine_decay_schedule(
    init_value: float,
    peak_value: float,
    warmup_steps: float,
    decay_steps: float,
    end_value: float = 0.0,
    exponent: float = 1.0,
) -> Schedule:
    """Return a linear warmup and half a cosine wave; `decay_steps` is the length of both together.

    The peak is used first at step warmup_steps, and end_value from decay_steps on. If peak_value is 0, so is
    everything after the warmup, whatever end_value is.

    Args:
        init_value: Value at step 0, any finite number.
        peak_value: Value at the end of the warmup, any finite number.
        warmup_steps: Its length; less than 0 cuts as many steps from a wave that is longer by them.
        decay_steps: Length of the warmup and the wave, > warmup_steps.
        end_value: The last value, any finite number.
        exponent: Power of the wave, >= 0; 0 keeps peak_value for ever.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = warmup_cosine_decay_schedule(0.0, 1.0, 10, 100, end_value=0.1)
        >>> s(0), s(1), s(10), round(s(50), 6), s(100)
        (0.0, 0.1, 1.0, 0.628142, 0.1)

    Same as:
        `optax.warmup_cosine_decay_schedule(...)` with the same arguments.
    """
    owner = "warmup_cosine_decay_schedule"
    start, peak, end = finite(owner, init_value=init_value, peak_value=peak_value, end_value=end_value)
    warmup = steps_if_any(owner, "warmup_steps", warmup_steps)
    (total,) = finite(owner, decay_steps=decay_steps)
    if not total > warmup:
        raise ValueError(
            f"{owner}: `decay_steps` must be greater than `warmup_steps` ({warmup!r}), got {decay_steps!r}"
        )
    power = _core.check(owner, "exponent", Rule.non_negative, exponent)
    wave = cosine(peak, end if peak else 0.0, total - warmup, power)
    return joined([linear_schedule(start, peak, warmup), wave], [warmup])


def warmup_exponential_decay_schedule(
    init_value: float,
    peak_value: float,
    warmup_steps: float,
    transition_steps: float,
    decay_rate: float,
    transition_begin: float = 0,
    staircase: bool = False,
    end_value: float | None = None,
) -> Schedule:
    """Return a linear warmup and `exponential_decay`, whose steps count from the end of the warmup.

    Args:
        init_value: Value at step 0, any finite number.
        peak_value: Value at the end of the warmup, any finite number.
        warmup_steps: Its length; less than 0 cuts as many steps from the decay.
        transition_steps: Steps per factor; peak_value is kept for ever if it is not positive.
        decay_rate: The factor, >= 0; 0 keeps peak_value for ever.
        transition_begin: Steps from the warmup to the decay; negative numbers are 0.
        staircase: Whether the factor comes at once after each `transition_steps`.
        end_value: A lower bound of the decay if decay_rate < 1, else an upper one; None is no bound.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = warmup_exponential_decay_schedule(0.0, 1.0, 10, 20, 0.5)
        >>> s(5), s(10), s(30)
        (0.5, 1.0, 0.5)

    Same as:
        `optax.warmup_exponential_decay_schedule(...)` with the same arguments.
    """
    owner = "warmup_exponential_decay_schedule"
    start, peak = finite(owner, init_value=init_value, peak_value=peak_value)
    warmup = steps_if_any(owner, "warmup_steps", warmup_steps)
    decay = exponential_decay(peak, transition_steps, decay_rate, transition_begin, staircase, end_value)
    return joined([linear_schedule(start, peak, warmup), decay], [warmup])


def sgdr_schedule(cosine_kwargs: Iterable[Mapping[str, Any]]) -> Schedule:
    """Return warmups with half cosine waves, one after the other.

    Each lasts its own `decay_steps`, and the step at which one ends is the first of the next.

    Args:
        cosine_kwargs: The arguments of a `warmup_cosine_decay_schedule` for each cycle, at least one.

    Raises:
        TypeError: For what is no number, or a missing or unknown argument.
        ValueError: For a number outside its range, or no cycle.

    Example:
        >>> first = dict(init_value=0.0, peak_value=1.0, warmup_steps=2, decay_steps=10)
        >>> s = sgdr_schedule([first, first | {"peak_value": 0.5}])
        >>> s(2), s(10), s(12)
        (1.0, 0.0, 0.5)

    Same as:
        `optax.sgdr_schedule(cosine_kwargs)`.
    """
    owner = "sgdr_schedule"
    cycles = listed(owner, "cosine_kwargs", cosine_kwargs)
    if not cycles or not all(isinstance(cycle, Mapping) for cycle in cycles):
        kind = TypeError if cycles else ValueError
        raise kind(f"{owner}: `cosine_kwargs` must be a non-empty sequence of keyword arguments, got {cycles!r}")
    schedules = [warmup_cosine_decay_schedule(**cycle) for cycle in cycles]
    ends: list[float] = []
    for cycle in cycles[:-1]:
        ends.append((ends[-1] if ends else 0) + cycle["decay_steps"])
    return joined(schedules, ends)


def join_schedules(schedules: Sequence[Schedule], boundaries: Sequence[float]) -> Schedule:
    """Return schedules one after the other; a boundary step is the step 0 of the schedule that begins there.

    optax asks nothing of the boundaries. Each step is answered by the last schedule whose boundary is not after it, so
    one that is not in order is skipped; a negative one begins in the middle of its schedule; and what has no partner
    in the other list is ignored.

    Args:
        schedules: At least one, of pywarmup's own.
        boundaries: One less, the steps at which the second one and those after it begin.

    Raises:
        TypeError: For what is no schedule or no number.
        ValueError: For no schedule, or a number that is not finite.

    Example:
        >>> s = join_schedules([linear_schedule(0.0, 1.0, 10), linear_schedule(1.0, 0.0, 10)], [10])
        >>> s(5), s(10), s(15)
        (0.5, 1.0, 0.5)

    Same as:
        `optax.join_schedules(schedules, boundaries)`.
    """
    owner = "join_schedules"
    stages = schedules_of(owner, schedules)
    if not stages:
        raise ValueError(f"{owner}: `schedules` must be a non-empty sequence of schedules, got {schedules!r}")
    begins = listed(owner, "boundaries", boundaries)
    return joined(stages, [_core.check(owner, f"boundaries[{i}]", Rule.finite, one) for i, one in enumerate(begins)])
