"""pywarmup in Keras: the callback, and the schedule that optimizers take."""

from collections.abc import Callable
from typing import Any

import runs
from peers import SINGLE
from peers.keras import keras
from pywarmup.keras import LearningRate, LearningRateCallback
from runs import Run

NAME = "pywarmup Keras"
KINDS = runs.KINDS
TOLERANCE = SINGLE


def keras_batch(run: Run, model: keras.Model) -> Callable[[], None]:
    callback = LearningRateCallback(run.schedule)
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    return lambda: callback.on_train_batch_begin(0)


def keras_rate(run: Run) -> Callable[[Any], Any]:
    return LearningRate(run.schedule)
