"""A run that was killed twenty times has, bit for bit, the rates, losses and weights of one that was left alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

HARNESS = Path(__file__).parent / "killed" / "harness.py"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # the lives are forked from a process without others


def run_harness(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HARNESS), *arguments]
    return subprocess.run(command, env=os.environ | ONE_THREAD, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize(
    ("module", "framework", "seed"),
    [("plain", "torch", 1), ("trainer", "transformers", 2), ("lightning_run", "lightning", 3)],
)
def test_twenty_kills(module: str, framework: str, seed: int) -> None:
    pytest.importorskip(framework)
    done = run_harness(module, "--kills", "20", "--seed", str(seed))
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert f"{module}: 20 kills (seed {seed})" in done.stdout


def test_the_harness_sees_a_wrong_rate() -> None:
    done = run_harness("plain", "--train", "train_wrongly")
    assert done.returncode == 1
    assert "FAILED: ('update', " in done.stderr
