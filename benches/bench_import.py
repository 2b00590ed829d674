"""What does an import cost, over a bare interpreter, and what does it pull in? And how large is the wheel?"""

import subprocess
import sys
from pathlib import Path

import pytest

LIBRARIES = ("pywarmup", "numpy", "optax", "keras", "fvcore", "torch", "transformers", "timm")
STATEMENTS = {
    **{library: f"import {library}" for library in LIBRARIES},
    "fvcore": "import fvcore.common.param_scheduler",
    "transformers": "from transformers import get_cosine_schedule_with_warmup",
    "timm": "import timm.scheduler",
    "NumPy and pywarmup": "import pywarmup, numpy",
}
FRAMEWORKS = ("jax", "keras", "matplotlib", "numpy", "optax", "tensorflow", "torch")
WHEELS = Path(__file__).parents[1] / "build" / "benches" / "wheel"
ELSEWHERE = sys.prefix  # a directory from which no source is imported
ROUNDS, SLOW_ROUNDS = 15, 2
TIMER = """
import time
start = time.perf_counter()
{statement}
print(time.perf_counter() - start)
"""


def seconds(statement: str) -> float:
    """Return how long a statement takes in an interpreter of its own."""
    command = [sys.executable, "-c", TIMER.format(statement=statement)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ELSEWHERE).stdout
    return float(printed.splitlines()[-1])


@pytest.fixture(scope="module")
def samples():
    """Interpreters in turn, with fewer rounds for what takes long."""
    taken = {name: [] for name in STATEMENTS}
    for done in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            if taken[name] is not None and (done < SLOW_ROUNDS or min(taken[name]) < 0.3):
                try:
                    taken[name].append(seconds(statement))
                except subprocess.CalledProcessError:
                    taken[name] = None
    return taken


@pytest.mark.parametrize("name", STATEMENTS)
def test_import(name, samples, record, replay_samples):
    if samples[name] is None:
        pytest.skip(f"{name} cannot be imported")
    replay_samples("import", "import", name, samples[name])


def test_import_of_pywarmup_loads_no_framework(record):
    statement = f"import sys, pywarmup; print(len({set(FRAMEWORKS)!r} & sys.modules.keys()))"
    command = [sys.executable, "-c", statement]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ELSEWHERE).stdout
    record("import", "frameworks", "pywarmup", [float(printed)], unit="modules")


def test_wheel(record):
    wheels = sorted(WHEELS.glob("pywarmup_schedules-*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        pytest.skip(f"no wheel; make one with: pip wheel --no-deps -w {WHEELS.relative_to(Path.cwd())} .")
    record("wheel", "size", "pywarmup", [float(wheels[-1].stat().st_size)], unit="B")
