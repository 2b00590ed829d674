"""Keras on each of its backends, in a process each, because Keras chooses its backend when it is imported.

What is checked there is in keras_checks/, and runs as pytest again.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BACKENDS = ("torch", "jax", "tensorflow")

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="needs Keras")


def run(backend: str, *command: str, **environment: str) -> str:
    if find_spec(backend) is None:
        pytest.skip(f"needs {backend}")
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **quiet, "KERAS_BACKEND": backend, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=HERE,  # not where the sources of the package are
    )
    assert done.returncode == 0, f"{backend}\n{done.stdout[-6_000:]}\n{done.stderr[-3_000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each backend leaves what the others look at."""
    return tmp_path_factory.mktemp("keras")


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_checked_on_every_backend(backend: str, shared: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "-o", "python_files=check_*.py", "-o", "filterwarnings=default")
    docstrings = ("--doctest-modules", "--pyargs", "pywarmup.keras")
    run(backend, "-m", "pytest", *options, *docstrings, str(HERE / "keras_checks"), SHARED=str(shared))


def test_all_backends_train_at_the_same_rates(shared: Path) -> None:
    """After the test above: the weights are sums of rates."""
    found = {path.stem: np.array(json.loads(path.read_text())) for path in shared.glob("*.json")}
    if len(found) < 2:
        pytest.skip("needs two backends")
    first, *others = found.values()
    for other in others:
        np.testing.assert_allclose(other, first, rtol=0, atol=2e-7)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_example_runs(backend: str) -> None:
    assert "accuracy" in run(backend, str(ROOT / "examples/keras/digits.py"))


def test_without_its_backend_the_error_names_the_variable() -> None:
    command = [sys.executable, "-c", "import sys; sys.modules['jax'] = None; import pywarmup.keras"]
    environment = os.environ | {"KERAS_BACKEND": "jax"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd="/")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: pywarmup.keras: Keras needs its backend")
    assert last.endswith("; install it, or set KERAS_BACKEND to tensorflow, torch or jax")
