"""Living schedules of Keras, as ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pywarmup.compat.keras.cosine import CosineDecay, CosineDecayRestarts
from pywarmup.compat.keras.decay import ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay
from pywarmup.compat.keras.polynomial import PolynomialDecay
from pywarmup.schedule import Schedule

FUNCTIONS: dict[str, Callable[..., Schedule]] = {
    "CosineDecay": CosineDecay,
    "CosineDecayRestarts": CosineDecayRestarts,
    "ExponentialDecay": ExponentialDecay,
    "InverseTimeDecay": InverseTimeDecay,
    "PiecewiseConstantDecay": PiecewiseConstantDecay,
    "PolynomialDecay": PolynomialDecay,
}


def from_keras(schedule: Any) -> Schedule:
    """Return the schedule that a `keras.optimizers.schedules.LearningRateSchedule` is.

    A schedule of Keras has no state: the step is the optimizer's `iterations`. A `pywarmup.keras.LearningRate` gives
    its own schedule back, whose step is the number of updates also where gradients accumulate.

    Args:
        schedule: One of Keras' own six, or a `pywarmup.keras.LearningRate`.

    Raises:
        ValueError: For anything else: what a class of one's own computes cannot be seen, nor that of a subclass.

    Example:
        >>> import keras  # doctest: +SKIP
        >>> from_keras(keras.optimizers.schedules.InverseTimeDecay(0.1, 10, 0.5))(20)  # doctest: +SKIP
        0.05
    """
    cls = type(schedule)
    if (cls.__module__, cls.__name__) == ("pywarmup.keras.learning_rate", "LearningRate"):
        own: Schedule = schedule.schedule
        return own
    if not cls.__module__.startswith("keras.") or cls.__name__ not in FUNCTIONS:
        raise ValueError(
            f"from_keras: what a schedule computes can be seen of Keras' own classes only (`schedule` is a "
            f"{cls.__module__}.{cls.__qualname__}); write it down with pywarmup's shapes"
        )
    return FUNCTIONS[cls.__name__](**schedule.get_config())
