"""Keras: where we leave it, and how to run it."""

import math
from typing import Any

from conformance.case import Case, Trace
from conformance.deviation import Deviation


def peer(callable_name: str, arguments: dict[str, Any], steps: list[int], *, floatx: str = "float32") -> list[float]:
    """Return what the installed Keras answers on the backend that it has, computing in `floatx`."""
    import keras

    before = keras.config.floatx()
    keras.config.set_floatx(floatx)
    try:
        made = getattr(keras.optimizers.schedules, callable_name)(**arguments)
        return [float(made(step)) for step in steps]
    finally:
        keras.config.set_floatx(before)


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how much of the peak Keras' own arithmetic loses, on top of what all libraries may."""
    lost = ROUNDING.get(case.callable)
    precision = 2.0**-24 if trace.dtype == "float32" else 2.0**-53
    return lost(case.kwargs, step, precision) if lost else 0.0


def _lost_in_restarts(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what is lost where the waves before are subtracted from the progress.

    At a restart Keras' logarithm may be on either side of the integer that numbers the wave; in float64 it is so where
    ours of the same formula is. A running sum of many waves that shrink loses some bits, too.
    """
    waves = step / given["first_decay_steps"]
    growth = given.get("t_mul", 2.0)
    length = 1.0 - waves * (1.0 - growth)  # of the wave, up to a factor of `growth`
    if length <= 0.0 or growth <= 0.0:
        return 0.0
    number = math.log(length) / math.log(growth) if growth != 1.0 else 0.5
    is_restart = abs(number - round(number)) < (1e-5 if precision > 1e-8 else 1e-11)
    if is_restart and (precision > 1e-8 or number < round(number)):
        return 1.0
    return (4.0 + number / 4.0) * precision * max(growth, 1.0) * waves / length


def _lost_in_powers(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what a rounded rate and a rounded exponent make in a power of many."""
    rate, exponent = given["decay_rate"], step / given["decay_steps"]
    if rate <= 0.0:
        return 0.0
    return 2 * precision * exponent * (1.0 + abs(math.log(rate))) * min(1.0, rate**exponent if rate < 1.0 else 1.0)


def _lost_before_the_pole(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what cancels where a negative rate brings the divisor near to 0."""
    part = -given["decay_rate"] * step / given["decay_steps"]
    return 2 * precision * part / (1.0 - part) if 0.0 < part < 1.0 else 0.0


def _lost_in_polynomials(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what is lost in a root of what remains near the end, and in an end value that is subtracted and added."""
    start, end, power = (given.get(name, default) for name, default in POLYNOMIAL)
    decays = math.ceil(step / given["decay_steps"]) if given.get("cycle", False) else 1
    left = 1.0 - step / given["decay_steps"] / max(decays, 1)
    root = precision * power * left ** (power - 1.0) if left > 0.0 and 0.0 < power < 1.0 else 0.0
    return root + (2 * precision * abs(end / start) if power == 0.0 and start else 0.0)


POLYNOMIAL = (("initial_learning_rate", None), ("end_learning_rate", 0.0001), ("power", 1.0))
ROUNDING = {
    "CosineDecayRestarts": _lost_in_restarts,
    "ExponentialDecay": _lost_in_powers,
    "InverseTimeDecay": _lost_before_the_pole,
    "PolynomialDecay": _lost_in_polynomials,
}
DEVIATIONS = (
    Deviation(
        "floor(log",
        peer="the number of a wave is a rounded logarithm: at some restarts it is still the end of the wave before",
        ours="restarts are running sums",
        when=lambda case: case.construct_error is None,
    ),
    Deviation(
        "Decay",
        peer="an integer for the initial rate makes Keras on torch compute in float32, whatever its floatx",
        ours="float64",
        steps="torch_f64",
        when=lambda case: isinstance(case.kwargs.get("initial_learning_rate"), int) and case.construct_error is None,
    ),
    Deviation(
        "PolynomialDecay",
        peer="a fractional `decay_steps` is rounded to float32 by Keras on torch, whatever its floatx",
        ours="float64",
        steps="torch_f64",
        when=lambda case: case.construct_error is None and case.kwargs["decay_steps"] % 1 != 0,
    ),
    Deviation(
        "PolynomialDecay",
        peer="with `cycle`, counts the cycles in float32, which knows no odd step above 2**24",
        ours="float64",
        steps=lambda case, step: step > 2**24,
        when=lambda case: case.kwargs.get("cycle", False),
    ),
    Deviation(
        "ExponentialDecay",
        peer="a negative `decay_rate` gives nan between whole powers and negative rates at odd ones",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: case.kwargs["decay_rate"] < 0.0,
    ),
    Deviation(
        "InverseTimeDecay",
        peer="a negative `decay_rate` divides by zero, and gives negative rates from there on",
        ours="equal up to the last whole step before, whose value is held; refused with `staircase`",
        refuses=True,
        when=lambda case: case.kwargs["decay_rate"] < 0.0 and case.kwargs.get("staircase", False),
    ),
    Deviation(
        "PolynomialDecay",
        peer="a negative `power` divides by zero at the end",
        ours="equal up to the last whole step before, whose value is held; refused with `cycle`",
        refuses=True,
        when=lambda case: case.kwargs.get("power", 1.0) < 0.0 and case.kwargs.get("cycle", False),
    ),
    Deviation(
        "CosineDecayRestarts",
        peer="a negative `m_mul` gives waves that alternate in sign",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: case.kwargs.get("m_mul", 1.0) < 0.0,
    ),
    Deviation(
        "CosineDecayRestarts",
        peer="`t_mul` < 1 gives nan from first_decay_steps / (1 - t_mul) on",
        ours="the last value is held",
        when=lambda case: 0.0 <= case.kwargs.get("t_mul", 2.0) < 1.0,
    ),
)
