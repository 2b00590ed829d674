"""What does it cost to make a schedule?"""

from types import ModuleType

import pytest

from contest import Contest, label, pairs
from interleave import Timed, repeated
from runs import Run


def prepare(peer: ModuleType, run: Run) -> Timed:
    return repeated(peer.construct(run))


CONTESTS = [Contest("construction", "warmup_cosine", "construct", Run(), prepare)]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_construction(contest, peer, replay):
    replay(contest, peer)
