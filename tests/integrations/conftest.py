"""Real frameworks, at whatever versions are installed: their own warnings are theirs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "pytorch"
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The models are too small for more."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _run(path: Path, *args: str, launcher: tuple[str, ...] = ()) -> str:
    command = [sys.executable, *launcher, str(path), *args]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, env=ENVIRONMENT)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run_example(name: str, *args: str, launcher: tuple[str, ...] = ()) -> str:
    """Run an example as a user would, and return what it printed; `launcher` is such as `("-m", "accelerate...")`."""
    return _run(EXAMPLES / f"{name}.py", *args, launcher=launcher)


def run_worker(name: str, *args: str, launcher: tuple[str, ...] = ()) -> str:
    """Run a script that lies beside the tests, likewise."""
    return _run(HERE / f"{name}.py", *args, launcher=launcher)
