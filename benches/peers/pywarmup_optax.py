"""pywarmup: a schedule in JAX's own operations, for the inside of a compiled update."""

from collections.abc import Callable
from typing import Any

import jax

import runs
from peers import SINGLE, counting_update
from pywarmup.jax import as_optax
from runs import Run

NAME = "pywarmup as_optax(s)"
KINDS = runs.KINDS
TOLERANCE = SINGLE


def inside_jit(run: Run) -> Callable[[Any], jax.Array]:
    return as_optax(run.schedule)


def jit_call(run: Run, weights: jax.Array) -> Callable[[], jax.Array]:
    return counting_update(inside_jit(run), weights)
