"""How much memory does it take: to fill an array, to read unusual arrays of steps, to hold schedules?

Every number is the growth of the resident memory of a process of its own, at its peak, per element or per object.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from contest import modules

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the peak can be reset on Linux only"
)

PROBE = Path(__file__).with_name("memory_probe.py")
FILLING = ("pywarmup_array", "pywarmup_out", "numpy_where", "numpy_slices", "numexpr", "numba", "torch", "jax")
READING = ("pywarmup_call", "numpy_where", "numexpr", "numba")
HOLDING = ("pywarmup_call", "nanogpt", "cosine_closure", "fvcore", "optax", "keras")
CASES = [
    *(("fill", peer, 10_000_000) for peer in FILLING),
    *(("strided", peer, 1_000_000) for peer in READING),
    *(("swapped", peer, 1_000_000) for peer in READING),
    *(("objects", peer, 20_000) for peer in HOLDING),
    ("stages", "pywarmup_call", 1_000_000),
]


@pytest.mark.parametrize(("case", "peer", "size"), CASES)
def test_memory(case, peer, size, record):
    if peer not in modules():
        pytest.skip(f"{peer} is left out")
    command = [sys.executable, str(PROBE), case, peer, str(size)]
    probe = subprocess.run(command, capture_output=True, text=True, cwd=PROBE.parent)
    if "byte order" in probe.stderr or "Unsupported array dtype" in probe.stderr:
        pytest.skip(f"{peer} does not take such steps")
    assert probe.returncode == 0, probe.stderr
    record(
        "memory",
        f"{case}, {size:,}",
        peer,
        [int(probe.stdout.split()[-1]) / size],
        title=modules()[peer].NAME,
        unit="B",
    )
