"""Handwritten digits with Keras 3, on any backend: `KERAS_BACKEND=jax python examples/keras/digits.py`."""

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pywarmup as pw
from pywarmup.keras import LearningRate, LearningRateCallback

EPOCHS, BATCH_SIZE = 5, 32


class Rates(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the rates; before a batch, for its rate comes from how many were before it."""

    def on_train_begin(self, logs: object = None) -> None:
        self.used: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        self.used.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))


images, labels = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(images / 16, labels, test_size=0.25, random_state=0)
steps = EPOCHS * -(-len(x_train) // BATCH_SIZE)
schedule = pw.warmup_cosine(1e-2, warmup_steps=steps // 10, total_steps=steps)

for optimizer, callbacks in (
    (keras.optimizers.Adam(LearningRate(schedule)), []),  # saved with the model, computed within the step
    (keras.optimizers.Adam(), [LearningRateCallback(schedule)]),  # set from outside, before every batch
):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() != "torch")
    rates = Rates()
    model.fit(x_train, y_train, BATCH_SIZE, EPOCHS, verbose=0, callbacks=[*callbacks, rates])
    print(f"{keras.backend.backend()}: accuracy {model.evaluate(x_test, y_test, verbose=0)[1]:.3f}")
    np.testing.assert_array_equal(rates.used, schedule.array(steps, dtype="float32"))
