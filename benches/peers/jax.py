"""`jax.jit`, in double precision; the steps are on the device before."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from peers import DOUBLE, Call
from runs import Array, Run, Steps

NAME = "jax.jit"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE

jax.config.update("jax_enable_x64", True)


def one_step(run: Run) -> Call:
    return Call("float(lr(step))", lr=make_function(run))


def array(run: Run) -> Callable[[], Array]:
    return at(run, run.steps)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    lr, k = make_function(run), jnp.asarray(steps)
    return lambda: lr(k).block_until_ready()


def make_function(run: Run) -> Callable[[jax.typing.ArrayLike], jax.Array]:
    """Return the compiled function; it is compiled once more for arrays of another shape."""

    @jax.jit
    def lr(step: jax.typing.ArrayLike) -> jax.Array:
        progress = (step - run.warmup_steps) / run.decay_steps
        decay = run.end + (run.peak - run.end) * 0.5 * (1.0 + jnp.cos(jnp.pi * progress))
        return jnp.where(step < run.warmup_steps, run.peak * step / run.warmup_steps, decay)

    return lr
