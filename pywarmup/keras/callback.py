"""A callback that sets the learning rate for every batch: `LearningRateCallback(schedule)`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

import keras

from pywarmup.keras import hyperparameters, in_step
from pywarmup.schedule import Schedule

Unit: TypeAlias = Literal["update", "epoch"]


class LearningRateCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Gives the optimizer the schedule's rate before every batch of `fit`.

    It goes on where the optimizer's own count of updates stands, so training resumes after a model was loaded or `fit`
    called again. Where gradients accumulate, the batches of one update have the rate of that update. Other
    hyperparameters are computed within the training step, so for them it is compiled anew in every `fit`; after it the
    optimizer keeps the last values as plain numbers (after one that was interrupted, they go on following).

    `LearningRate` costs less than any callback, and is saved with the model. This one leaves the optimizer with a
    number as its rate, which other callbacks may read. At the end of each epoch the logs have the rate of its last
    update as `learning_rate` and `lr`, and the others under their names: put it before callbacks that read logs.

    Args:
        schedule: A schedule of learning rates; or a dictionary from hyperparameters, as Keras' optimizers call them
            (`"learning_rate"`, `"weight_decay"`, `"momentum"`, `"beta_1"`, `"beta_2"`), to schedules.
        unit: What the schedule's steps are: "update", or "epoch" and fractions of it, of as many batches as an epoch of
            that `fit` has.

    Raises:
        TypeError: For what is no schedule.
        ValueError: For an unknown name or unit, or values that an optimizer must not get. And when training begins: for
            an optimizer that lacks one of the names or has a schedule already, epochs of unknown length, and
            `steps_per_execution`, for which Keras would hold the rate (`LearningRate` is right there).

    Example:
        >>> import keras
        >>> import numpy as np
        >>> import pywarmup as pw
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile(keras.optimizers.SGD(0.1), loss="mse")
        >>> callback = LearningRateCallback(pw.warmup_linear(0.1, warmup_steps=2, total_steps=8))
        >>> x, y = np.ones((8, 2)), np.ones(8)
        >>> history = model.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[callback])
        >>> [round(rate, 4) for rate in history.history["lr"]]
        [0.0833, 0.0167]

    Same as:
        `keras.callbacks.LearningRateScheduler(schedule)` with `unit="epoch"`, at the begin of each epoch.
    """

    def __init__(self, schedule: Schedule | Mapping[str, Schedule], *, unit: Unit = "update") -> None:
        super().__init__()
        if unit not in get_args(Unit):
            raise ValueError(f"LearningRateCallback: `unit` must be 'update' or 'epoch', got {unit!r}")
        self.schedule = schedule
        self.unit = unit
        self._driven = hyperparameters.read(schedule)
        self._batches = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Look at the model, and have the training step compute what is no rate."""
        model = self.model
        self._optimizer = hyperparameters.optimizer_of(model)
        hyperparameters.check(self._driven, model, self._optimizer)
        self._accumulation = hyperparameters.accumulation_of(self._optimizer)
        self._may_skip = self._optimizer is not model.optimizer
        self._schedules = self._in_updates()
        self._lr = self._schedules.get("learning_rate")
        self._in_step = {name: one for name, one in self._schedules.items() if name != "learning_rate"}
        if self._in_step:
            in_step.install(self._optimizer, self._in_step)
            model.make_train_function(force=True)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Ask the optimizer how far it is; during an epoch that would wait for every batch."""
        self._batches = hyperparameters.batches_of(self._optimizer)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the rate of this batch."""
        if self._lr is None:
            return
        model = self.model
        if self._may_skip:  # a loss scale that was too large
            self._batches = hyperparameters.batches_of(self._optimizer)
        model.optimizer.learning_rate = self._lr(self._batches // self._accumulation)
        self._batches += 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the values of the last update."""
        if logs is not None:
            logs.update(self._last_values())
            if self._lr is not None:
                logs["lr"] = logs["learning_rate"]

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Leave numbers behind."""
        if self._in_step:
            last = self._last_values()
            in_step.remove(self._optimizer, {name: last[name] for name in self._in_step})
            self.model.train_function = None  # it has been compiled with what is gone

    def _in_updates(self) -> dict[str, Schedule]:
        """Return the schedules over updates."""
        if self.unit == "update":
            return self._driven
        batches = (self.params or {}).get("steps")
        if not batches:
            raise ValueError(
                "LearningRateCallback: an epoch of this data has no known length (`unit` is 'epoch'); "
                "give fit steps_per_epoch"
            )
        whole, rest = divmod(batches, self._accumulation)
        updates = batches / self._accumulation if rest else whole
        return {name: schedule.stretch(updates) for name, schedule in self._driven.items()}

    def _last_values(self) -> dict[str, float]:
        batches = hyperparameters.batches_of(self._optimizer)
        update = max(0, batches - 1) // self._accumulation
        return {name: schedule(update) for name, schedule in self._schedules.items()}
