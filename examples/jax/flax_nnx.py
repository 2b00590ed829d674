"""Flax NNX: a schedule in `nnx.Optimizer`, whose own step counts. Needs `pip install flax optax scikit-learn`."""

import numpy as np
import optax
from flax import nnx
from sklearn.datasets import load_digits

import pywarmup as pw
from pywarmup.jax import as_optax

STEPS, BATCH = 200, 64
SCHEDULE = pw.wsd(0.01, warmup_steps=20, decay_steps=50, total_steps=STEPS, decay="1-sqrt")

model = nnx.Sequential(nnx.Linear(64, 32, rngs=nnx.Rngs(0)), nnx.relu, nnx.Linear(32, 10, rngs=nnx.Rngs(1)))
adam = optax.inject_hyperparams(optax.adam)(learning_rate=as_optax(SCHEDULE))
optimizer = nnx.Optimizer(model, adam, wrt=nnx.Param)


@nnx.jit
def update(model, optimizer, images, labels):
    def loss(model):
        return optax.softmax_cross_entropy_with_integer_labels(model(images), labels).mean()

    optimizer.update(model, nnx.grad(loss)(model))


digits, random = load_digits(), np.random.default_rng(0)
images, labels, rates = np.float32(digits.data / 16), digits.target, []
for _ in range(STEPS):
    batch = random.integers(0, 1_500, BATCH)
    update(model, optimizer, images[batch], labels[batch])
    rates.append(optimizer.opt_state.hyperparams["learning_rate"][...].item())

accuracy = np.mean(model(images[1_500:]).argmax(1) == labels[1_500:])
print(f"test accuracy {accuracy:.3f} after {STEPS} updates")
assert accuracy > 0.85
np.testing.assert_allclose(rates, SCHEDULE.array(STEPS), rtol=0, atol=1.2e-7 * 0.01)
