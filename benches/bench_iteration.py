"""What does a value cost that comes out of `for lr in schedule`?"""

from types import ModuleType

import pytest

from contest import Contest, check_equal, label, pairs
from interleave import Timed, repeated
from runs import Run

SIZE = 10_000


def prepare(peer: ModuleType, run: Run) -> Timed:
    values = peer.iterate(run)
    check_equal(peer, list(values()), run.schedule.array(run.total_steps), run)

    def exhaust() -> None:
        for _ in values():
            pass

    return repeated(exhaust)


CONTESTS = [Contest("iteration", "warmup_cosine", "iterate", Run("warmup_cosine", SIZE), prepare, SIZE)]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_iteration(contest, peer, replay):
    replay(contest, peer)
