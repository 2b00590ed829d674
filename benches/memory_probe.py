"""Run by bench_memory.py in a process of its own: do one thing, and print by how many bytes the process grew meanwhile.

Usage: python memory_probe.py CASE PEER SIZE
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

import pywarmup as pw
from runs import Run

KEPT: list[object] = []  # what must live until the end is measured


def resident(field: str) -> int:
    """Return VmRSS or VmHWM, its highest value so far, in bytes."""
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def fill(peer: ModuleType, size: int) -> Callable[[], object]:
    """All values of a run."""
    return peer.array(Run("warmup_cosine", size))


def strided(peer: ModuleType, size: int) -> Callable[[], object]:
    """Values at steps that are every second element of an array."""
    return peer.at(Run("warmup_cosine", size), np.repeat(np.arange(size), 2)[::2])


def swapped(peer: ModuleType, size: int) -> Callable[[], object]:
    """Values at steps with the bytes in the order of another machine."""
    return peer.at(Run("warmup_cosine", size), np.arange(size).astype(">i8"))


def objects(peer: ModuleType, size: int) -> Callable[[], object]:
    """Many schedules."""
    construct = peer.construct(Run())
    return lambda: [construct() for _ in range(size)]


def stages(peer: ModuleType, size: int) -> Callable[[], object]:
    """One schedule of many stages, which are kept, as its own fields."""
    return lambda: pw.join(*(pw.Linear(1.0, 0.5, steps=10 + i % 7) for i in range(size)))


CASES = {function.__name__: function for function in (fill, strided, swapped, objects, stages)}


def main(case: str, peer: str, size: str) -> None:
    """Prepare, warm up on a small one, forget the peak so far, act, and print."""
    module = importlib.import_module(f"peers.{peer}")
    CASES[case](module, 1_000)()
    action = CASES[case](module, int(size))
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM := VmRSS
    before = resident("VmRSS")
    KEPT.append(action())
    print(resident("VmHWM") - before)


if __name__ == "__main__":
    main(*sys.argv[1:])
