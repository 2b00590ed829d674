"""optax's warmup and cosine inside a compiled update, for which it is made."""

from collections.abc import Callable

import jax
import optax

from peers import SINGLE, counting_update
from peers.optax import make_schedule
from runs import Run

NAME = "optax"
KINDS = ("warmup_cosine",)
TOLERANCE = SINGLE


def inside_jit(run: Run) -> optax.Schedule:
    return make_schedule(run)


def jit_call(run: Run, weights: jax.Array) -> Callable[[], jax.Array]:
    return counting_update(make_schedule(run), weights)
