"""optax's warmup and cosine, eager.

Inside a compiled training step it costs next to nothing; its value is no Python number there.
"""

from collections.abc import Callable

import jax.numpy as jnp
import optax

from peers import SINGLE, Call
from runs import Array, Run, Steps

NAME = "optax eager"
KINDS = ("warmup_cosine",)
TOLERANCE = SINGLE


def one_step(run: Run) -> Call:
    return Call("float(schedule(step))", schedule=make_schedule(run))


def array(run: Run) -> Callable[[], Array]:
    return at(run, run.steps)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    schedule, k = make_schedule(run), jnp.asarray(steps)
    return lambda: schedule(k).block_until_ready()


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_schedule(run)


def make_schedule(run: Run) -> optax.Schedule:
    """Return the schedule; its `decay_steps` include the warmup."""
    return optax.warmup_cosine_decay_schedule(0.0, run.peak, run.warmup_steps, run.total_steps, run.end)
