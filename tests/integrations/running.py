"""Examples and workers run as a user would run them: in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1"}


def run_example(name: str, *args: str, launcher: tuple[str, ...] = (), **environment: str) -> str:
    """Run `examples/<name>.py`, whose own assertions are the test, and return what it printed.

    `launcher` is such as `("-m", "torch.distributed.run", "--standalone")`.
    """
    return _run(EXAMPLES / f"{name}.py", *args, launcher=launcher, environment=environment)


def run_worker(name: str, *args: str, launcher: tuple[str, ...] = (), **environment: str) -> str:
    """Run a script that lies beside the tests, likewise."""
    return _run(HERE / f"{name}.py", *args, launcher=launcher, environment=environment)


def _run(path: Path, *args: str, launcher: tuple[str, ...], environment: dict[str, str]) -> str:
    command = [sys.executable, *launcher, str(path), *args]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300, env=ENVIRONMENT | environment
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
