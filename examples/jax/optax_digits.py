"""JAX and optax on digits: a schedule in a compiled update. Needs `pip install jax optax scikit-learn`."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

import pywarmup as pw
from pywarmup.jax import as_optax

SCHEDULE = pw.warmup_cosine(0.01, warmup_steps=30, total_steps=300)
OPTIMIZER = optax.inject_hyperparams(optax.adam)(learning_rate=as_optax(SCHEDULE))


def loss(params, images, labels):
    scores = jnp.tanh(images @ params[0]) @ params[1]
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean(), scores


@jax.jit
def update(params, state, images, labels):
    updates, state = OPTIMIZER.update(jax.grad(loss, has_aux=True)(params, images, labels)[0], state)
    return optax.apply_updates(params, updates), state


digits, random = load_digits(), np.random.default_rng(0)
images, labels, rates = np.float32(digits.data / 16), digits.target, []
params = [jnp.float32(random.normal(0, 0.1, shape)) for shape in ((64, 32), (32, 10))]
state = OPTIMIZER.init(params)
for _ in SCHEDULE:
    batch = random.integers(0, 1_500, 64)
    params, state = update(params, state, images[batch], labels[batch])
    rates.append(state.hyperparams["learning_rate"].item())

accuracy = np.mean(loss(params, images[1_500:], labels[1_500:])[1].argmax(1) == labels[1_500:])
print(f"test accuracy {accuracy:.3f} after {len(rates)} updates; compiled {update._cache_size()} times")
assert accuracy > 0.85
np.testing.assert_allclose(rates, SCHEDULE.array(), rtol=0, atol=1.2e-7 * 0.01)
