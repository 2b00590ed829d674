"""What does Keras pay for the rate of a batch: from a callback, and from a schedule that is not compiled?

The backend is torch unless `KERAS_BACKEND` says otherwise. The model has one weight, for Keras takes as long for any.
"""

from functools import partial
from types import ModuleType

import numpy as np
import pytest

from contest import Contest, check_equal, label, pairs
from interleave import Timed, repeated
from peers import SINGLE
from runs import Run

keras = pytest.importorskip("peers.keras").keras  # the peer chooses the backend
COMPARED = 200  # batches
LONG = 100_000_000  # the timed batches do not come to its end


def model_with(rate: float) -> keras.Model:
    """Return a model of which `fit` would set up no more than this."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    model.optimizer.build(model.trainable_variables)
    return model


def prepare_callback(peer: ModuleType, run: Run) -> Timed:
    model = model_with(run.peak)
    set_rate, given = peer.keras_batch(run, model), []
    for _ in range(COMPARED):
        set_rate()
        given.append(float(model.optimizer.learning_rate.numpy()))
    check_equal(peer, given, run.schedule.array(COMPARED), run, SINGLE)
    return repeated(set_rate)


def prepare_rate(peer: ModuleType, run: Run) -> Timed:
    count = model_with(run.peak).optimizer.iterations
    rate, given = peer.keras_rate(run), []
    for batch in range(0, run.total_steps, run.total_steps // COMPARED):
        count.assign(batch)
        given.append(float(rate(count)))
    check_equal(peer, given, run.schedule(np.arange(0, run.total_steps, run.total_steps // COMPARED)), run, SINGLE)
    return repeated(partial(rate, count))


CONTESTS = [
    Contest("keras callback", "batch", "keras_batch", Run(total_steps=LONG), prepare_callback),
    Contest("keras callback", "eager", "keras_rate", Run(), prepare_rate),
]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_keras_callback(contest, peer, replay):
    replay(contest, peer)
