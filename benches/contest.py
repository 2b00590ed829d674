"""A contest: one question, one run, and all peers that answer; first their values are compared, then they are timed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import ModuleType
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

import peers
from interleave import Samples, Timed, measure
from runs import Array, Run

Prepare: TypeAlias = Callable[[ModuleType, Run], Timed]


@cache
def modules() -> dict[str, ModuleType]:
    """Return all peers that can be imported."""
    return peers.load_all()


@dataclass(eq=False)
class Contest:
    """Who answers `method` for `run`, how `prepare` turns an answer into what is timed, and per how many elements."""

    question: str
    case: str
    method: str
    run: Run
    prepare: Prepare
    elements: int = 1
    seconds: float = 4.0
    without: tuple[str, ...] = ()
    failed: dict[str, Exception] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The peers that take part."""
        return [
            name
            for name, peer in modules().items()
            if peers.offers(peer, self.method, self.run) and name not in self.without
        ]

    @cached_property
    def measured(self) -> dict[str, Samples]:
        """Seconds per element, by peer. Nothing that was prepared is kept, so that contests do not add up in memory."""
        run, timed = replace(self.run), {}
        for name in self.names:
            try:
                timed[name] = self.prepare(modules()[name], run)
            except Exception as error:
                self.failed[name] = error
        samples, failed = measure(timed, self.seconds)
        self.failed |= failed
        return {name: [sample / self.elements for sample in each] for name, each in samples.items()}

    def samples(self, peer: str) -> Samples:
        """Return what was measured for one peer, or raise what went wrong with it."""
        measured = self.measured
        if peer in self.failed:
            raise self.failed[peer]
        return measured[peer]


def pairs(contests: Iterable[Contest]) -> list[tuple[Contest, str]]:
    """Return every contest with each of its peers: the cases of a parametrized test."""
    return [(contest, peer) for contest in contests for peer in contest.names]


def label(value: Contest | str) -> str:
    """Return how a contest or a peer is called in the name of a test."""
    return value if isinstance(value, str) else value.case.replace(", ", "-")


def check_equal(peer: ModuleType, values: ArrayLike, expected: Array, run: Run, tolerance: float = 0.0) -> None:
    """Refuse to time a peer that computes something else, by more than its own tolerance and the given one.

    Raises:
        AssertionError: With the first step at which it does.
    """
    if peer.TOLERANCE is None:
        return
    given = np.asarray(values, dtype=np.float64)
    assert given.shape == expected.shape, f"{peer.NAME}: shape {given.shape} instead of {expected.shape}"
    wrong = ~(np.abs(given - expected) <= max(peer.TOLERANCE, tolerance) * run.peak)
    if wrong.any():
        first = int(wrong.argmax())
        raise AssertionError(f"{peer.NAME}: {given[first]!r} instead of {expected[first]!r} at index {first}")
