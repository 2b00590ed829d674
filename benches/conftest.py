"""Pins the process, gives samples to pytest-benchmark, and keeps all results of the session for the report."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # before NumPy comes

import pytest

import peers
import results
from contest import Contest, modules


class Clock:
    """A timer that shows times that were measured before.

    pytest-benchmark measures one thing after the other; the contests measure all of them in turn. With this timer it
    takes the samples of a contest as its own, and its table, its JSON and its comparisons work.
    """

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def pass_next(self, durations: Iterator[float]) -> None:
        self.now += next(durations)


CLOCK = Clock()


def pytest_configure(config):
    config.addinivalue_line("filterwarnings", "default")  # of the frameworks, which warn about each other
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.benchmark(timer=CLOCK.time))


def pytest_terminal_summary(terminalreporter):
    for name, reason in peers.missing.items():
        terminalreporter.write_line(f"peer left out: {name} ({reason})")


@pytest.fixture
def replay_samples(benchmark, record):
    """Give samples to pytest-benchmark and to the report."""

    def give(question: str, case: str, peer: str, samples: list[float], title: str = "") -> None:
        record(question, case, peer, samples, title=title)
        benchmark.group = f"{question}: {case}"
        CLOCK.now = 0.0
        benchmark.pedantic(CLOCK.pass_next, args=(iter(samples),), rounds=len(samples))

    return give


@pytest.fixture
def replay(replay_samples):
    """Do so with what one peer needed in a contest."""

    def give(contest: Contest, peer: str) -> None:
        replay_samples(contest.question, contest.case, peer, contest.samples(peer), title=modules()[peer].NAME)

    return give


@pytest.fixture(scope="session")
def record():
    with results.writing() as add:
        yield add
