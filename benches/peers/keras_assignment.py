"""Keras' own assignment of a rate, and nothing else: of what any callback costs, the part that is not its schedule."""

from collections.abc import Callable
from itertools import chain, repeat

import runs
from peers import SINGLE
from peers.keras import keras
from runs import Run

NAME = "Keras assignment alone"
KINDS = runs.KINDS
TOLERANCE = SINGLE


def keras_batch(run: Run, model: keras.Model) -> Callable[[], None]:
    callback = keras.callbacks.Callback()
    callback.set_model(model)
    rates = chain(run.schedule.array(1_000).tolist(), repeat(run.peak))  # known before

    def set_rate() -> None:
        callback.model.optimizer.learning_rate = next(rates)

    return set_rate
