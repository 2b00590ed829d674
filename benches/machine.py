"""Where the benches ran: processor, system, interpreter, and the versions of all that took part."""

from __future__ import annotations

import platform
import re
import time
from importlib import metadata
from pathlib import Path

import pywarmup

FLAGS = ("sse4_2", "avx", "avx2", "fma", "avx512f", "asimd", "sve")
PACKAGES = (
    "numpy",
    "numba",
    "numexpr",
    "jax",
    "optax",
    "torch",
    "transformers",
    "timm",
    "keras",
    "fvcore",
    "pybind11",
    "cython",
    "pytest-benchmark",
)


def describe() -> dict[str, str]:
    """Return the facts by name."""
    return {
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "interpreter": f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}",
        "packages": ", ".join([f"pywarmup {pywarmup.__version__}", *filter(None, map(version, PACKAGES))]),
        "date": time.strftime("%Y-%m-%d"),
    }


def processor() -> str:
    """Return the model and the vector instructions that it has, as far as the system tells."""
    path = Path("/proc/cpuinfo")
    text = path.read_text() if path.exists() else ""
    model = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*: (.*)$", text, re.MULTILINE)
    present = [flag for flag in FLAGS if flags and flag in flags[1].split()]
    return f"{model[1] if model else platform.processor()} ({', '.join(present)})"


def version(package: str) -> str:
    """Return the name and the version of an installed package, else nothing."""
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return ""
