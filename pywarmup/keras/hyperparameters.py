"""What a callback drives in a Keras optimizer, `learning_rate`, `weight_decay` ..., by which schedule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import keras

from pywarmup.bounds import first_outside
from pywarmup.keras.learning_rate import LearningRate
from pywarmup.schedule import Schedule

LIMITS = {
    "learning_rate": math.inf,
    "weight_decay": math.inf,
    "momentum": 1.0,
    "beta_1": 1.0,
    "beta_2": 1.0,
}  # what they must stay below; none may be negative


def read(schedule: Schedule | Mapping[str, Schedule]) -> dict[str, Schedule]:
    """Return what the argument `schedule` of a callback means."""
    driven = dict(schedule) if isinstance(schedule, Mapping) else {"learning_rate": schedule}
    if not driven:
        raise ValueError(f"LearningRateCallback: `schedule` must name at least one hyperparameter, got {schedule!r}")
    for name, one in driven.items():
        if name not in LIMITS:
            near = get_close_matches(str(name), LIMITS, 1, 0.2)
            remedy = f"did you mean {near[0]!r}?" if near else "these can be driven"
            known = ", ".join(LIMITS)
            raise ValueError(f"LearningRateCallback: `schedule` must name any of {known}, got {name!r}; {remedy}")
        if not isinstance(one, Schedule):
            raise TypeError(
                "LearningRateCallback: `schedule` must be a schedule, or a dictionary from hyperparameters to "
                f"schedules, got {type(one).__name__}"
            )
        _check_range(name, one)
    return driven


def _check_range(name: str, schedule: Schedule) -> None:
    found = first_outside(schedule, 0.0, LIMITS[name])
    if found is not None:
        rule = ">= 0" if math.isinf(LIMITS[name]) else f">= 0 and < {LIMITS[name]:g}"
        step, value = found
        raise ValueError(
            f"LearningRateCallback: `{name}` must be {rule}, and its schedule gives {value!r} at step {step!r}"
        )


def optimizer_of(model: keras.Model) -> Any:
    """Return the optimizer that updates the weights, within the one that scales losses."""
    optimizer = model.optimizer
    if hasattr(optimizer, "optimizers"):
        raise ValueError(
            "LearningRateCallback: a model must have one optimizer (`optimizer` is a MultiOptimizer); "
            "give each of its optimizers learning_rate=LearningRate(schedule)"
        )
    return getattr(optimizer, "inner_optimizer", optimizer)


def accumulation_of(optimizer: Any) -> int:
    """Return how many batches make one update."""
    return optimizer.gradient_accumulation_steps or 1


def batches_of(optimizer: Any) -> int:
    """Return how many batches the optimizer has seen; this waits for the last one."""
    return int(keras.ops.convert_to_numpy(optimizer._iterations))


def check(driven: Mapping[str, Schedule], model: keras.Model, optimizer: Any) -> None:
    """Refuse what the optimizer does not have, and what would train at wrong rates."""
    rate = optimizer._learning_rate
    if "learning_rate" in driven:
        _check_rate(rate, model)
    elif isinstance(rate, LearningRate) and rate.gradient_accumulation_steps != accumulation_of(optimizer):
        raise ValueError(
            "LearningRateCallback: LearningRate must have the optimizer's `gradient_accumulation_steps`, "
            f"{accumulation_of(optimizer)}, got {rate.gradient_accumulation_steps}"
        )
    for name in driven:
        _check_has(name, optimizer)


def _check_rate(rate: Any, model: keras.Model) -> None:
    if not isinstance(rate, keras.Variable):
        raise ValueError(
            f"LearningRateCallback: the optimizer must have a number as `learning_rate`, got {type(rate).__name__}; "
            "leave out one of the two"
        )
    if model.steps_per_execution != 1:
        raise ValueError(
            "LearningRateCallback: Keras holds the rate for several batches (`steps_per_execution` is "
            f"{model.steps_per_execution!r}); give the optimizer learning_rate=LearningRate(schedule) instead"
        )


def _check_has(name: str, optimizer: Any) -> None:
    kind = type(optimizer).__name__
    if not hasattr(optimizer, name):
        raise ValueError(f"LearningRateCallback: `schedule` must name what the optimizer has, got {name!r} for {kind}")
    is_driven = isinstance(getattr(optimizer, name), keras.Variable)  # since a fit that was interrupted
    if name == "momentum" and not is_driven and not optimizer.momentum:
        raise ValueError(
            "LearningRateCallback: the optimizer must be created with a momentum, or it keeps none "
            f"(`momentum` is {optimizer.momentum!r}); {kind}(momentum=0.9) will do"
        )
