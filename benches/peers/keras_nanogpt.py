"""A callback as it is written by hand: nanoGPT's function, asked before every batch."""

from collections.abc import Callable

from peers import SINGLE
from peers.keras import keras
from peers.nanogpt import make_get_lr
from runs import Run

NAME = "Keras callback by hand, nanoGPT-style"
KINDS = ("warmup_cosine",)
TOLERANCE = SINGLE


def keras_batch(run: Run, model: keras.Model) -> Callable[[], None]:
    get_lr = make_get_lr(run)

    class ByHand(keras.callbacks.Callback):
        step = 0

        def on_train_batch_begin(self, batch, logs=None):
            self.model.optimizer.learning_rate = get_lr(self.step)
            self.step += 1

    callback = ByHand()
    callback.set_model(model)
    return lambda: callback.on_train_batch_begin(0)
