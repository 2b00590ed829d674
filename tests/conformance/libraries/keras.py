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
    """Return how much of the peak is lost where the waves before are subtracted from the progress.

    At a restart Keras' logarithm may be on either side of the integer that numbers the wave. A running sum of many
    waves that shrink loses some bits, too.
    """
    if case.callable != "CosineDecayRestarts":
        return 0.0
    waves = step / case.kwargs["first_decay_steps"]
    growth = case.kwargs.get("t_mul", 2.0)
    length = 1.0 - waves * (1.0 - growth)  # of the wave, up to a factor of `growth`
    if length <= 0.0 or growth <= 0.0:
        return 0.0
    number = math.log(length) / math.log(growth) if growth != 1.0 else 0.5
    if abs(number - round(number)) < 1e-5:
        return 1.0
    precision = 2.0**-24 if trace.dtype == "float32" else 2.0**-53
    return (4.0 + number / 4.0) * precision * max(growth, 1.0) * waves / length


DEVIATIONS = (
    Deviation(
        "floor(log",
        peer="the number of a wave is a rounded logarithm: at some restarts it is still the end of the wave before",
        ours="restarts are running sums",
        when=lambda case: case.construct_error is None,
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
