"""A model whose only weight falls by the rate at every update: what was trained with can be read from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

BACKEND = keras.backend.backend()
COMPILED = {"torch": [{}], "jax": [{}], "tensorflow": [{"jit_compile": False}, {"jit_compile": True}]}[BACKEND]
MODES: list[dict[str, Any]] = [*COMPILED, {"run_eagerly": True}]
SINGLE = 2.5e-7  # rounding of the weight, and of the rate


def mean_output(y_true: Any, y_pred: Any) -> Any:
    return keras.ops.mean(y_pred * (1 + y_true))


keras.saving.register_keras_serializable(package="checks")(mean_output)


def model_with(optimizer: Any, **options: Any) -> keras.Model:
    """A bias, and a zero input: the gradient of the bias is 1 and that of the kernel 0, if the targets are zero."""
    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="zeros")(inputs))
    options = {"jit_compile": False} | options if BACKEND == "torch" else options
    model.compile(optimizer, loss=mean_output, **options)
    return model


class Weights(keras.callbacks.Callback):
    """Keeps the weight after every batch."""

    def __init__(self) -> None:
        super().__init__()
        self.weights: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.weights.append(weight_of(self.model))


def weight_of(model: keras.Model) -> float:
    return float(model.get_weights()[1][0])


def fit(model: keras.Model, batches: int, *callbacks: Any, epochs: int = 1, targets: Any = 0.0) -> tuple[Any, Any]:
    """Train, and return by how much each batch moved the weight, and Keras' history."""
    weights, before = Weights(), weight_of(model)
    x = np.zeros((batches, 1), "float32")
    history = model.fit(
        x,
        x + np.reshape(targets, (-1, 1)).astype("float32"),
        batch_size=1,
        epochs=epochs,
        verbose=0,
        shuffle=False,
        callbacks=[*callbacks, weights],
    )
    return -np.diff([before, *weights.weights]), history.history


@contextmanager
def floatx(dtype: str) -> Iterator[None]:
    keras.config.set_floatx(dtype)
    yield
    keras.config.set_floatx("float32")
