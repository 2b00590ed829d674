"""The schedule of T5X (`t5x.utils`), under its own name: `pywarmup.compat.t5x.create_learning_rate_scheduler(...)`.

T5X computes in float32: these are the values before that rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pywarmup import _core
from pywarmup.compat._checks import Rule, finite
from pywarmup.compat._stages import delayed, from_step
from pywarmup.compose import Product, join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, ExponentialDecay, InverseSqrt, Linear

__all__ = ["create_learning_rate_scheduler"]

OWNER = "create_learning_rate_scheduler"


def create_learning_rate_scheduler(
    factors: str = "constant * linear_warmup * rsqrt_decay",
    base_learning_rate: float = 0.5,
    warmup_steps: float = 1000,
    decay_factor: float = 0.5,
    steps_per_decay: float = 20000,
    steps_per_cycle: float = 100000,
    step_offset: float = 0,
    min_learning_rate: float = 1e-8,
) -> Schedule:
    """Return the product of the factors that a text names, which is never less than min_learning_rate.

    - "constant": base_learning_rate.
    - "linear_warmup": t / warmup_steps, up to 1.
    - "linear_decay": base_learning_rate once more, with a warmup, and then a fall by decay_factor at each step.
    - "rsqrt_decay": 1 / sqrt(t), and 1 / sqrt(warmup_steps) before: the peak is not base_learning_rate.
    - "rsqrt_normalized_decay": the same times sqrt(warmup_steps); 0 with no warmup.
    - "decay_every": decay_factor at each steps_per_decay.
    - "cosine_decay": half a cosine wave after the warmup, again and again from its top.

    Step 0 of a warmup has min_learning_rate. With warmup_steps=0 T5X divides by zero at step 0: here it has the value
    of a warmup that is over, or for "rsqrt_decay" that of step 1.

    Args:
        factors: Names with "*" between them; "linear_decay" at most once.
        base_learning_rate: The constant, >= 0.
        warmup_steps: Length of the warmup, >= 0.
        decay_factor: Factor of "decay_every", or slope of "linear_decay", >= 0.
        steps_per_decay: Steps per factor of "decay_every", > 0.
        steps_per_cycle: Length of a wave of "cosine_decay", > 0.
        step_offset: Steps before step 0 of all this; less than 0 cuts as many from its start.
        min_learning_rate: The least value, >= 0.

    Raises:
        TypeError: For what is no number, or factors that are no text.
        ValueError: For a number outside its range, or an unknown factor.

    Example:
        >>> s = create_learning_rate_scheduler(base_learning_rate=1.0, warmup_steps=10_000)
        >>> s(0), s(5_000), s(10_000), s(40_000)
        (1e-08, 0.005, 0.01, 0.005)

    Same as:
        `t5x.utils.create_learning_rate_scheduler(...)` with the same arguments.
    """
    (offset,) = finite(OWNER, step_offset=step_offset)
    base = _core.check(OWNER, "base_learning_rate", Rule.non_negative, base_learning_rate)
    warmup = _core.check(OWNER, "warmup_steps", Rule.delay, warmup_steps)
    decay = _core.check(OWNER, "decay_factor", Rule.non_negative, decay_factor)
    every = _core.check(OWNER, "steps_per_decay", Rule.length, steps_per_decay)
    cycle = _core.check(OWNER, "steps_per_cycle", Rule.length, steps_per_cycle)
    least = _core.check(OWNER, "min_learning_rate", Rule.non_negative, min_learning_rate)
    known: dict[str, Callable[[], Schedule]] = {
        "constant": lambda: Constant(base),
        "linear_warmup": lambda: _after(warmup, 0.0, Constant(1.0)),
        "linear_decay": lambda: _linear_decay(warmup, decay) * base,
        "rsqrt_decay": lambda: _rsqrt(warmup),
        "rsqrt_normalized_decay": lambda: _rsqrt_normalized(warmup),
        "decay_every": lambda: ExponentialDecay(1.0, decay_rate=decay, every=every, staircase=True),
        "cosine_decay": lambda: _after(warmup, 1.0, Cosine(1.0, 0.0, steps=cycle).repeat()),
    }
    made = [known[name]() for name in _names(factors, known)]
    product = (made[0] if len(made) == 1 else Product(tuple(made))).clip(lower=least)
    return delayed(product(0), offset, product) if offset > 0.0 else from_step(product, -offset)


def _names(factors: str, known: Mapping[str, object]) -> list[str]:
    if not isinstance(factors, str):
        raise TypeError(f"{OWNER}: `factors` must be a text of names with '*' between them, got {factors!r}")
    names = [name.strip() for name in factors.split("*")]
    if not set(names) <= set(known) or names.count("linear_decay") > 1:
        allowed = ", ".join(known)
        raise ValueError(
            f"{OWNER}: `factors` must be names with '*' between them of {allowed}, linear_decay once, got {factors!r}"
        )
    return names


def _after(warmup: float, start: float, rest: Schedule) -> Schedule:
    return join(Linear(start, 1.0, steps=warmup), rest) if warmup else rest


def _linear_decay(warmup: float, slope: float) -> Schedule:
    """Return the lesser of t / warmup and 1 + slope * (warmup - t), down to 0, where the least value takes over."""
    return _after(warmup, 0.0, Linear(1.0, 0.0, steps=1.0 / slope) if slope else Constant(1.0))


def _rsqrt(warmup: float) -> Schedule:
    if not warmup:
        return join(Constant(1.0, steps=1), InverseSqrt(1.0, timescale=1))
    top = 1.0 / warmup**0.5
    return join(Constant(top, steps=warmup), InverseSqrt(top, timescale=warmup))


def _rsqrt_normalized(warmup: float) -> Schedule:
    return join(Constant(1.0, steps=warmup), InverseSqrt(1.0, timescale=warmup)) if warmup else Constant(0.0)
