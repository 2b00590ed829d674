"""Count instructions: what one call and one element of an array cost, in numbers that no other load moves.

A Python process runs under valgrind's callgrind and marks where each part begins and ends. Calls are made in a `for`
loop over a list of 1,000 steps spread over the run; the list twice minus the list once is what they cost, whatever is
done only once cancels, and the empty loop is subtracted. An element of an array is 100,000 of them minus one of them.
Valgrind shows its programs a processor with AVX2 and without AVX-512.

Usage: python benches/instructions.py
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

BENCHES = Path(__file__).resolve().parent
if str(BENCHES) not in sys.path:
    sys.path.append(str(BENCHES))

import peers  # noqa: E402
from compiled import load  # noqa: E402
from runs import Kind, Run  # noqa: E402

CALLS = {  # the name of a count -> the module in peers/
    "loop": "empty_loop",
    "lr": "pywarmup_lr",
    "call": "pywarmup_call",
    "subscript": "pywarmup_subscript",
    "module lr": "pywarmup_module",
    "floor cached": "floor_cached",
    "floor fresh": "floor_fresh",
    "ordinary pybind11": "ordinary_pybind11",
    "ordinary pybind11 call": "ordinary_pybind11_call",
    "linear closure": "linear_closure",
    "cosine closure": "cosine_closure",
    "nanogpt": "nanogpt",
    "transformers": "transformers",
}
ELEMENTS: dict[str, Kind] = {  # the name of a count -> the run
    "range element": "warmup_cosine",
    "linear element": "linear",
    "constant element": "constant",
    "exponential element": "exponential",
    "restarts element": "restarts",
    "product element": "product",
}
SIZE = 100_000
STRIDE = 7_919  # prime, so that its multiples go through all steps in an order of no use
PART = re.compile(r"^desc: Trigger: Client Request: (.+?)$.*?^totals: (\d+)$", re.MULTILINE | re.DOTALL)

Action = Callable[[], object]


class UnavailableError(RuntimeError):
    """Something that counting needs is not installed."""


def measure() -> dict[str, float]:
    """Return instructions per call and per element, by name; peers that are not installed have none."""
    if shutil.which("valgrind") is None:
        raise UnavailableError("valgrind is missing (Debian: valgrind)")
    try:
        load("floors")
    except ImportError as error:
        raise UnavailableError(f"the marks for callgrind: {error}") from None
    with contextlib.suppress(ImportError):
        load("ordinary")  # compiled here, where it is quicker than under valgrind
    return differences(totals())


def case_of(name: str) -> str:
    """Return what is counted under a name: a call, or an element of an array."""
    return "element" if name.endswith("element") else "call"


def totals() -> dict[str, int]:
    """Return the instructions between two marks, by the name of the second."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "callgrind.out"
        options = ["--tool=callgrind", "--instr-atstart=no", "--combine-dumps=yes", f"--callgrind-out-file={output}"]
        command = ["valgrind", *options, sys.executable, __file__, "--inside"]
        environment = {**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True)
        if ran.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{ran.stderr[-2000:]}")
        return {name: int(total) for name, total in PART.findall(output.read_text())}


def differences(counted: dict[str, int]) -> dict[str, float]:
    """Return what one more costs, for each pair of marks `name, more, 1000` and `name, less, 1000`."""
    if not counted:
        raise UnavailableError("no mark was seen: <valgrind/callgrind.h> is missing (Debian: valgrind)")
    result = {}
    for mark, total in counted.items():
        name, which, count = mark.split(", ")
        if which == "more":
            result[name] = (total - counted[f"{name}, less, {count}"]) / int(count)
    loop = result.pop("loop")
    return {name: value - loop if case_of(name) == "call" else value for name, value in result.items()}


# Inside of callgrind.


def run_inside() -> None:
    """Run everything that is counted."""
    mark = load("floors").mark
    gc.disable()
    for name, count, less, more in [*calls(), *elements()]:
        less()  # so that the interpreter specialises the bytecode, and what is cached is there
        more()
        mark(f"{name}, before, {count}")
        less()
        mark(f"{name}, less, {count}")
        more()
        mark(f"{name}, more, {count}")


def calls() -> Iterator[tuple[str, int, Action, Action]]:
    """Loops over steps: (name, how many more calls the second one makes, less, more)."""
    for name, module in CALLS.items():
        peer = peers.load(module)
        if peer is None:
            continue
        run = Run("warmup_cosine" if "warmup_cosine" in peer.KINDS else peer.KINDS[0], SIZE)
        steps = list(range(0, SIZE, SIZE // 1000))
        loop = peer.one_step(run).loop()
        yield name, len(steps), functools.partial(loop, steps), functools.partial(loop, steps + steps)


def elements() -> Iterator[tuple[str, int, Action, Action]]:
    """Arrays: (name, how many more elements the second one has, less, more)."""
    for name, kind in ELEMENTS.items():
        run = Run(kind, SIZE)
        less, more = (functools.partial(run.schedule.array, size, out=run.out[:size]) for size in (1, SIZE))
        yield name, SIZE - 1, less, more
    run = Run("warmup_cosine", SIZE)
    for name, steps in (("steps element", run.steps), ("shuffled steps element", run.steps * STRIDE % SIZE)):
        yield name, SIZE - 1, functools.partial(run.schedule, steps[:1]), functools.partial(run.schedule, steps)


# The table.


def main() -> None:
    """Print all counts, calls also as multiples of the floor."""
    counts = measure()
    for name, count in counts.items():
        ratio = f"{count / counts['floor fresh']:8.2f} x floor fresh" if case_of(name) == "call" else ""
        print(f"{name:24}{count:10.1f}{ratio}")
    for name, module in CALLS.items():
        if name in {"loop", *counts}:
            continue
        peers.load(module)
        print(f"{name:24}not counted: {peers.missing.get(module)}")


if __name__ == "__main__":
    run_inside() if sys.argv[1:] == ["--inside"] else main()
