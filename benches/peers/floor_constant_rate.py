"""A floor: the compiled loop with a rate that does not change."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

import runs
from peers import counting_update
from runs import Run

NAME = "floor: a constant rate"
KINDS = runs.KINDS
TOLERANCE = None


def inside_jit(run: Run) -> Callable[[Any], jax.Array]:
    return lambda count: jnp.full_like(count, run.peak, dtype=jnp.float32)


def jit_call(run: Run, weights: jax.Array) -> Callable[[], jax.Array]:
    return counting_update(inside_jit(run), weights)
