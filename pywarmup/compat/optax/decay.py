"""optax's decays."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compat._checks import finite, steps_if_any
from pywarmup.compat._curves import between, polynomial, signed
from pywarmup.compat._stages import delayed
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, ExponentialDecay

Rule = _core.Rule


def constant_schedule(value: float) -> Schedule:
    """Return one value for ever.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite.

    Example:
        >>> constant_schedule(0.1)(1_000)
        0.1

    Same as:
        `optax.constant_schedule(value)`.
    """
    return Constant(*finite("constant_schedule", value=value))


def polynomial_schedule(
    init_value: float, end_value: float, power: float, transition_steps: float, transition_begin: float = 0
) -> Schedule:
    """Return a power of what remains, from one value to another.

    It begins after `transition_begin` steps and holds end_value from transition_begin + transition_steps on. Both may
    be negative numbers, as in optax: `transition_begin` then is 0, and with transition_steps <= 0 the value is
    init_value for ever. So it is with power 0. A negative power runs away from end_value and is a division by zero at
    the end: here the value of the last step before that is held.

    Args:
        init_value: Value at step 0, any finite number.
        end_value: Value at the end, any finite number.
        power: Power of the remaining fraction.
        transition_steps: Length of the transition.
        transition_begin: Steps before it.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite, or a length above 2**53.

    Example:
        >>> s = polynomial_schedule(1.0, 0.0, power=2, transition_steps=20, transition_begin=5)
        >>> s(5), s(15), s(25), s(26)
        (1.0, 0.25, 0.0, 0.0)

    Same as:
        `optax.polynomial_schedule(...)` with the same arguments.
    """
    owner = "polynomial_schedule"
    start, end, exponent = finite(owner, init_value=init_value, end_value=end_value, power=power)
    steps = steps_if_any(owner, "transition_steps", transition_steps)
    begin = steps_if_any(owner, "transition_begin", transition_begin)
    return delayed(start, begin, polynomial(start, end, steps, exponent)) if steps > 0 else Constant(start)


def linear_schedule(
    init_value: float, end_value: float, transition_steps: float, transition_begin: float = 0
) -> Schedule:
    """Return a straight line from one value to another: `polynomial_schedule` with power 1.

    Args:
        init_value: Value at step 0, any finite number.
        end_value: Value at the end, any finite number.
        transition_steps: Length of the line; init_value is kept for ever if it is not positive.
        transition_begin: Steps before it; negative numbers are 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite, or a length above 2**53.

    Example:
        >>> linear_schedule(0.0, 1.0, 10)(5), linear_schedule(0.1, 0.2, -5)(5)
        (0.5, 0.1)

    Same as:
        `optax.linear_schedule(...)` with the same arguments.
    """
    owner = "linear_schedule"
    start, end = finite(owner, init_value=init_value, end_value=end_value)
    steps = steps_if_any(owner, "transition_steps", transition_steps)
    begin = steps_if_any(owner, "transition_begin", transition_begin)
    return delayed(start, begin, polynomial(start, end, steps, 1.0)) if steps > 0 else Constant(start)


def exponential_decay(
    init_value: float,
    transition_steps: float,
    decay_rate: float,
    transition_begin: float = 0,
    staircase: bool = False,
    end_value: float | None = None,
) -> Schedule:
    """Return init_value * decay_rate**(t / transition_steps), after a delay and up to a bound.

    With transition_steps <= 0 or decay_rate 0 the value is init_value for ever, whatever the bound. The bound holds
    from step 0 on: an init_value beyond it is never used.

    Args:
        init_value: Value at step 0, any finite number.
        transition_steps: Steps per factor.
        decay_rate: The factor, >= 0. (optax's values are undefined or alternate in sign for a negative one.)
        transition_begin: Steps before the decay; negative numbers are 0.
        staircase: Whether the factor comes at once after each `transition_steps`.
        end_value: A lower bound if decay_rate < 1, else an upper one; None is no bound.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = exponential_decay(0.1, 10, 0.5, staircase=True, end_value=0.03)
        >>> s(9), s(10), s(20)
        (0.1, 0.05, 0.03)

    Same as:
        `optax.exponential_decay(...)` with the same arguments.
    """
    owner = "exponential_decay"
    start, rate = finite(owner, init_value=init_value, decay_rate=decay_rate)
    steps = steps_if_any(owner, "transition_steps", transition_steps)
    begin = steps_if_any(owner, "transition_begin", transition_begin)
    is_stairs = _core.check(owner, "staircase", Rule.flag, staircase)
    bound = _core.check(owner, "end_value", Rule.optional_finite, end_value)
    if steps <= 0 or rate == 0.0:
        return Constant(start)
    _core.check(owner, "decay_rate", Rule.positive, decay_rate)
    curve = signed(start, lambda value: ExponentialDecay(value, decay_rate=rate, every=steps, staircase=is_stairs))
    whole = delayed(start, begin, curve)
    if bound is None:
        return whole
    return whole.clip(lower=bound) if rate < 1.0 else whole.clip(upper=bound)


def cosine_decay_schedule(init_value: float, decay_steps: float, alpha: float = 0.0, exponent: float = 1.0) -> Schedule:
    """Return half a cosine wave from init_value to init_value * alpha, which is held.

    Args:
        init_value: Value at step 0, any finite number.
        decay_steps: Length of the wave, > 0.
        alpha: The last value as a fraction of the first; it may be above 1, or negative.
        exponent: Power of the wave, >= 0; 0 keeps init_value for ever. (optax divides by zero at the end for a negative
            one.)

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = cosine_decay_schedule(1.0, 10, alpha=0.1)
        >>> s(0), round(s(5), 6), s(10), s(11)
        (1.0, 0.55, 0.1, 0.1)

    Same as:
        `optax.cosine_decay_schedule(...)` with the same arguments.
    """
    owner = "cosine_decay_schedule"
    start, floor = finite(owner, init_value=init_value, alpha=alpha)
    steps = _core.check(owner, "decay_steps", Rule.length, decay_steps)
    power = _core.check(owner, "exponent", Rule.non_negative, exponent)
    return cosine(start, start * floor, steps, power)


def cosine(init_value: float, end_value: float, steps: float, exponent: float) -> Schedule:
    """Return half a cosine wave, or one that exponent 0 makes flat."""
    if exponent == 0.0:
        return Constant(init_value)
    return between(Cosine, init_value, end_value, steps=steps, exponent=exponent)
