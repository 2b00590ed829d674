"""Keras' polynomial decay."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compat._checks import Rule, finite
from pywarmup.compat._curves import polynomial
from pywarmup.compat._stages import delayed
from pywarmup.compat.keras.numbers import as_cast
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Polynomial, PowerLaw


def PolynomialDecay(  # noqa: N802
    initial_learning_rate: float,
    decay_steps: float,
    end_learning_rate: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
    name: str = "PolynomialDecay",
) -> Schedule:
    """Return a power of what remains, from one value to another, which is held or from which it starts again.

    With `cycle` the whole run so far is the length of the decay, counted in multiples of decay_steps: cycle number c
    ends at step c * decay_steps, which has end_learning_rate, and starts one step after the one before at a height of
    c**-power. A negative power is a division by zero at the end: without `cycle` the value of the last step before
    that is held.

    Args:
        initial_learning_rate: Value at step 0, any finite number; of integers see `pywarmup.compat.keras`.
        decay_steps: Length of the decay, or of each cycle, > 0.
        end_learning_rate: Value at the end, any finite number; mind that it is not 0 unless it is given.
        power: Power of the remaining fraction; >= 0 with `cycle`, and 0 is initial_learning_rate for ever.
        cycle: Whether it starts again.
        name: Ignored.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = PolynomialDecay(0.1, decay_steps=20, end_learning_rate=0.0, power=2.0, cycle=True)
        >>> s(0), s(20), s(21), s(40)
        (0.1, 0.0, 0.0225625, 0.0)

    Same as:
        `keras.optimizers.schedules.PolynomialDecay(...)` with the same arguments.
    """
    owner = "PolynomialDecay"
    start, end = finite(owner, initial_learning_rate=initial_learning_rate, end_learning_rate=end_learning_rate)
    steps = _core.check(owner, "decay_steps", Rule.length, decay_steps)
    is_cyclic = _core.check(owner, "cycle", Rule.flag, cycle)
    exponent = _core.check(owner, "power", Rule.non_negative if is_cyclic else Rule.finite, power)
    end, steps, exponent = as_cast(initial_learning_rate, end, steps, exponent)
    if is_cyclic and exponent > 0.0:
        return _cycles(steps, exponent) * (start - end) + end
    return polynomial(start, end, steps, exponent)


def _cycles(steps: float, power: float) -> Schedule:
    """Return the cycles from 1 at step 0 to 0, (steps - t)**power in each, times its height.

    A cycle includes the step at which it ends and not the one at which it begins, the other way round than pywarmup's:
    so all begin late, by 1 where steps and their multiples are integers, else by less than what is between them.
    """
    late = 1.0 if steps == int(steps) else 2.0**-20
    if steps <= late:
        return delayed(1.0, late, Constant(0.0))
    cycle = Polynomial(1.0, 0.0, steps=steps, power=power).shift(late).until(steps)
    return delayed(1.0, late, cycle.repeat() * _heights(steps, power))


def _heights(steps: float, power: float) -> Schedule:
    """Return c**-power in the cycle number c = 1, 2, ..."""
    return PowerLaw(1.0, power=-power, timescale=steps).stairs(steps)
