"""Hyperparameters that a training step computes for itself, where Keras compiles a number into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from pywarmup.keras.hyperparameters import accumulation_of
from pywarmup.keras.learning_rate import LearningRate
from pywarmup.schedule import Schedule


class InStep(keras.Variable):  # type: ignore[misc]
    """A number of an optimizer that comes from its count of batches.

    It is a variable because Keras takes those for numbers everywhere, and none of the optimizer's variables, because
    what it saves must not depend on a callback.
    """

    def __init__(self, rate: LearningRate, count: keras.Variable) -> None:
        super().__init__(0.0, trainable=False, autocast=False, name="in_step")
        self._rate = rate
        self._count = count

    @property
    def value(self) -> Any:
        """The schedule's value now: a tensor that the step computes if it is compiled."""
        return self._rate(self._count)

    def __ne__(self, other: object) -> bool:
        """Answer optimizers that ask whether there is a momentum."""
        return True

    def __gt__(self, other: object) -> bool:
        return True

    __hash__ = keras.Variable.__hash__


def install(optimizer: Any, schedules: Mapping[str, Schedule]) -> None:
    """Have the optimizer compute these."""
    accumulation, count = accumulation_of(optimizer), optimizer._iterations
    driven = {
        name: InStep(LearningRate(schedule, gradient_accumulation_steps=accumulation), count)
        for name, schedule in schedules.items()
    }
    describe = type(optimizer).get_config

    def get_config() -> dict[str, Any]:
        """Describe it with numbers: it may be saved at any time."""
        return {**describe(optimizer), **{name: float(one) for name, one in driven.items()}}

    for name, value in {**driven, "get_config": get_config}.items():
        object.__setattr__(optimizer, name, value)  # Keras' own would make them part of what is saved


def remove(optimizer: Any, values: Mapping[str, float]) -> None:
    """Leave these numbers in the optimizer."""
    optimizer.__dict__.pop("get_config", None)
    for name, value in values.items():
        object.__setattr__(optimizer, name, value)
