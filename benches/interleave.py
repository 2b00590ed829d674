"""Time several things in one process, in turn, so that whatever disturbs the machine disturbs all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter_ns
from typing import TypeAlias

Timed: TypeAlias = Callable[[int], Callable[[], object]]  # given a count, what does it that many times
Samples: TypeAlias = list[float]  # seconds for doing it once, one for each round

ROUND_NS = 2_000_000  # that long one thing should take in one round
LEAST_ROUNDS, MOST_ROUNDS = 3, 200


def measure(timed: dict[str, Timed], seconds: float) -> tuple[dict[str, Samples], dict[str, Exception]]:
    """Return the samples of each by name, taken in rounds within about that time, and what failed.

    What is slow sits out when it has used up its share of the time, so that the others get more rounds.
    """
    ready, failed = calibrate(timed)
    spent: dict[str, list[int]] = {name: [] for name in ready}
    share = seconds * 1e9 / max(1, len(ready))
    gc.collect()
    gc.disable()
    try:
        for done in range(MOST_ROUNDS):
            for name, (action, _) in ready.items():
                if done < LEAST_ROUNDS or sum(spent[name]) < share:
                    spent[name].append(duration(action))
    finally:
        gc.enable()
    return {name: [taken / ready[name][1] / 1e9 for taken in spent[name]] for name in ready}, failed


def calibrate(timed: dict[str, Timed]) -> tuple[dict[str, tuple[Callable[[], object], int]], dict[str, Exception]]:
    """Find for each how often it fits into its part of a round."""
    ready, failed = {}, {}
    for name, times in timed.items():
        try:
            count = fitting_count(times)
            ready[name] = (times(count), count)
        except Exception as error:
            failed[name] = error
    return ready, failed


def fitting_count(times: Timed) -> int:
    """Double the count until it takes long enough; the first time, which compiles and caches, does not count."""
    if duration(times(1)) > 100 * ROUND_NS:
        return 1
    count = 1
    while (taken := duration(times(count))) < ROUND_NS // 2:
        count *= 2
    return max(1, round(count * min(1.0, ROUND_NS / taken)))


def duration(action: Callable[[], object]) -> int:
    """Return how many nanoseconds it takes."""
    start = perf_counter_ns()
    action()
    return perf_counter_ns() - start


def repeated(action: Callable[[], object]) -> Timed:
    """Return what does an action several times."""

    def times(count: int) -> Callable[[], None]:
        def act() -> None:
            for _ in range(count):
                action()

        return act

    return times
