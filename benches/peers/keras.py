"""Keras' `CosineDecay` with its warmup, eager, in single precision. It does not take arrays of steps.

The backend is torch unless `KERAS_BACKEND` says otherwise: of the backends it is the fastest at this.
"""

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from peers import SINGLE, Call
from runs import Run

NAME = "Keras eager"
KINDS = ("warmup_cosine",)
TOLERANCE = SINGLE


def one_step(run: Run) -> Call:
    return Call("float(schedule(step))", schedule=make_schedule(run))


def keras_rate(run: Run) -> Callable[[Any], Any]:
    return make_schedule(run)


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_schedule(run)


def make_schedule(run: Run) -> keras.optimizers.schedules.CosineDecay:
    """Return the schedule; its `decay_steps` exclude the warmup, and `alpha` is relative to the peak."""
    return keras.optimizers.schedules.CosineDecay(
        0.0, run.decay_steps, alpha=run.end / run.peak, warmup_target=run.peak, warmup_steps=run.warmup_steps
    )
