"""Equinox without optax's state: the loop counts, and hands the rate to the compiled update as a number.

Needs `pip install equinox optax scikit-learn`.
"""

import equinox as eqx
import jax
import numpy as np
import optax
from sklearn.datasets import load_digits

import pywarmup as pw

STEPS, BATCH = 200, 64
SCHEDULE = pw.warmup_linear(0.2, warmup_steps=20, total_steps=STEPS)


def loss(model, images, labels):
    return optax.softmax_cross_entropy_with_integer_labels(jax.vmap(model)(images), labels).mean()


@jax.jit
def update(params, images, labels, rate):
    slopes = eqx.filter_grad(lambda params: loss(eqx.combine(params, static), images, labels))(params)
    return jax.tree.map(lambda value, slope: value - rate * slope, params, slopes), rate


digits, random = load_digits(), np.random.default_rng(0)
images, labels, rates = np.float32(digits.data / 16), digits.target, []
params, static = eqx.partition(eqx.nn.MLP(64, 10, 32, 1, key=jax.random.key(0)), eqx.is_array)
for step in range(STEPS):
    batch = random.integers(0, 1_500, BATCH)
    params, rate = update(params, images[batch], labels[batch], SCHEDULE.lr(step))
    rates.append(rate.item())

scores = jax.vmap(eqx.combine(params, static))(images[1_500:])
accuracy = np.mean(scores.argmax(1) == labels[1_500:])
print(f"test accuracy {accuracy:.3f} after {STEPS} updates; compiled {update._cache_size()} times")
assert accuracy > 0.85
np.testing.assert_array_equal(np.float32(rates), np.float32(SCHEDULE.array(STEPS)))
