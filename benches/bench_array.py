"""What does an element of an array cost: of a whole run, and at steps in and out of order?"""

from functools import partial
from types import ModuleType

import numpy as np
import pytest

from contest import Contest, check_equal, label, pairs
from interleave import Timed, repeated
from runs import Run, Steps

SIZE = 100_000
SLOW = ("list_comprehension", "optax")  # left out at ten million


def prepare_array(peer: ModuleType, run: Run) -> Timed:
    action = peer.array(run)
    check_equal(peer, action(), run.schedule.array(run.total_steps), run)
    return repeated(action)


def prepare_at(steps: Steps, peer: ModuleType, run: Run) -> Timed:
    action = peer.at(run, steps)
    check_equal(peer, action(), run.schedule(steps), run)
    return repeated(action)


def whole(kind: str, size: int, **options: object) -> Contest:
    return Contest("array", f"{kind}, {size:,}", "array", Run(kind, size), prepare_array, size, **options)


def chosen(order: str, steps: Steps) -> Contest:
    return Contest("steps", order, "at", Run("warmup_cosine", len(steps)), partial(prepare_at, steps), len(steps))


CONTESTS = [
    whole("warmup_cosine", 1_000),
    whole("warmup_cosine", SIZE),
    whole("warmup_cosine", 10_000_000, seconds=10.0, without=SLOW),
    *(whole(kind, SIZE, seconds=2.0) for kind in ("constant", "linear", "exponential", "restarts", "product")),
    chosen("sorted", np.arange(SIZE)),
    chosen("shuffled", np.random.default_rng(0).permutation(SIZE)),
]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_array(contest, peer, replay):
    replay(contest, peer)
