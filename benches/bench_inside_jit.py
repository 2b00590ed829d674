"""What does a schedule cost in JAX: inside a compiled program, and as an argument of one?"""

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from contest import Contest, check_equal, label, pairs
from interleave import Timed
from peers import SINGLE
from runs import Run

jax = pytest.importorskip("jax")
jnp = jax.numpy
optax = pytest.importorskip("optax")
UPDATES = Run().total_steps  # in one call of a compiled loop: all of the run, for a part may be cheaper
SIDE = 32  # of the weights
STRIDE = 97


def single(prepare: Callable[[ModuleType, Run], Callable[[], object]]) -> Callable[[ModuleType, Run], Timed]:
    """Return a preparation and what it prepares in 32 bits, whatever the other peers have set."""

    def prepared(peer: ModuleType, run: Run) -> Timed:
        with jax.enable_x64(False):
            check(peer, run)
            action = prepare(peer, run)

        def times(count: int) -> Callable[[], None]:
            def act() -> None:
                with jax.enable_x64(False):
                    for _ in range(count):
                        result = action()
                    jax.block_until_ready(result)

            return act

        return times

    return prepared


def check(peer: ModuleType, run: Run) -> None:
    """Compare values from all of the run, compiled."""
    if hasattr(peer, "inside_jit"):
        steps = np.arange(0, run.total_steps, STRIDE)
        check_equal(peer, jax.jit(peer.inside_jit(run))(jnp.asarray(steps)), run.schedule(steps), run, SINGLE)


@single
def alone(peer: ModuleType, run: Run) -> Callable[[], object]:
    """A compiled loop that adds up the rates of so many updates."""
    rate = peer.inside_jit(run)

    def count_up(state: tuple[Any, Any], _: None) -> tuple[tuple[Any, Any], None]:
        return (state[0] + 1, state[1] + rate(state[0])), None

    loop = jax.jit(lambda start: jax.lax.scan(count_up, (start, jnp.float32(0)), length=UPDATES)[0])
    return partial(loop, jnp.int32(0))


@single
def in_updates(peer: ModuleType, run: Run) -> Callable[[], object]:
    """A compiled loop of so many updates by optax's SGD."""
    optimizer = optax.sgd(peer.inside_jit(run))
    weights = jnp.ones((SIDE, SIDE))
    slopes = weights * 1e-3

    def update(state: tuple[Any, Any], _: None) -> tuple[tuple[Any, Any], None]:
        moves, held = optimizer.update(slopes, state[1])
        return (optax.apply_updates(state[0], moves), held), None

    loop = jax.jit(lambda weights: jax.lax.scan(update, (weights, optimizer.init(weights)), length=UPDATES)[0])
    return partial(loop, weights)


@single
def by_call(peer: ModuleType, run: Run) -> Callable[[], object]:
    """One compiled update for each call, as a loop in Python makes them."""
    return peer.jit_call(run, jnp.ones((SIDE, SIDE)))


CONTESTS = [
    Contest("inside jit", "alone", "inside_jit", Run(), alone, UPDATES, 12.0),
    Contest("inside jit", "in updates", "inside_jit", Run(), in_updates, UPDATES, 12.0),
    Contest("inside jit", "a call for each update", "jit_call", Run(), by_call),
]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_inside_jit(contest, peer, replay):
    replay(contest, peer)
