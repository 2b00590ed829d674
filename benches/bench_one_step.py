"""What does one value cost in a training loop?"""

from collections.abc import Callable
from functools import partial
from types import ModuleType

import numpy as np
import pytest

from contest import Contest, check_equal, label, pairs
from interleave import Timed
from runs import Run

STRIDE = 97  # so that 1,031 steps come from all of the run


def prepare(peer: ModuleType, run: Run) -> Timed:
    call, steps = peer.one_step(run), list(range(0, run.total_steps, STRIDE))
    check_equal(peer, [call(step) for step in steps], run.schedule(np.array(steps)), run)
    loop = call.loop()

    def times(count: int) -> Callable[[], None]:
        return partial(loop, (steps * (count // len(steps) + 1))[:count])

    return times


CONTESTS = [Contest("one step", kind, "one_step", Run(kind), prepare) for kind in ("warmup_cosine", "warmup_linear")]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_one_step(contest, peer, replay):
    replay(contest, peer)
