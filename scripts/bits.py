"""Build the core with every compiler at hand and compare the bits of all samples with tests/golden.json.

Each toolchain builds `tests/cpp/bits.cpp`, which evaluates the samples of tests/registry.py without Python, on every
instruction set that the core has kernels for and the machine can run. What it prints is hashed like the values of the
Python module in tests/test_bits.py. Toolchains that are not installed are named and left out.

Usage: python scripts/bits.py [--all]        --all: fail if a toolchain is missing
"""

import hashlib
import json
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from registry import SAMPLES  # noqa: E402
from test_bits import GOLDEN, count, golden_hash, real_steps  # noqa: E402

import pywarmup as pw  # noqa: E402
from pywarmup import _core  # noqa: E402

POLICIES = ("repeat", "mirror", "error")  # in the order of PastEnd in csrc/program/combinators.hpp

PACKAGES = {  # program -> the Debian package that has it
    "g++": "g++",
    "clang++": "clang",
    "aarch64-linux-gnu-g++": "g++-aarch64-linux-gnu",
    "qemu-aarch64": "qemu-user",
}


@dataclass(frozen=True)
class Toolchain:
    """A compiler with its flags."""

    compiler: str
    flags: str
    is_foreign: bool = False  # for aarch64, under emulation

    @property
    def missing(self) -> list[str]:
        """The programs to install."""
        needed = {self.compiler} | ({"aarch64-linux-gnu-g++", "qemu-aarch64"} if self.is_foreign else set())
        return sorted(program for program in needed if not shutil.which(program))

    @property
    def folder(self) -> Path:
        """Where it builds."""
        return ROOT / "build" / "bits" / f"{self.compiler} {self.flags}".replace("+", "p").replace(" ", "_")

    @property
    def configuration(self) -> list[str]:
        """The options of cmake; a build type of its own adds no flags."""
        options = ["-DCMAKE_BUILD_TYPE=Plain", "-DPYWARMUP_PYTHON=OFF", "-DPYWARMUP_TESTS=ON"]
        options += [f"-DCMAKE_CXX_COMPILER={self.compiler}", f"-DCMAKE_CXX_FLAGS={self.flags}"]
        system = ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64", "-DCMAKE_EXE_LINKER_FLAGS=-static"]
        return options + system * self.is_foreign


def toolchains() -> Iterator[Toolchain]:
    """All toolchains; those for AVX2 only where the machine is an x86."""
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    for flags in ["-O0", "-O2", "-O3", "-Os"] + ["-O3 -mavx2", "-O3 -march=x86-64-v3"] * is_x86 + ["-O3 -march=native"]:
        yield Toolchain("g++", flags)
    for flags in ["-O2", "-O3"] + ["-O3 -march=x86-64-v3"] * is_x86:
        yield Toolchain("clang++", flags)
    for flags in ("-O2", "-O3"):
        yield Toolchain("aarch64-linux-gnu-g++", flags, is_foreign=True)
    yield Toolchain("clang++", "-O3 --target=aarch64-linux-gnu", is_foreign=True)


# What the program is asked.


def children_in(value: Any) -> list[pw.Schedule]:
    """The schedules that an argument consists of."""
    return [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, pw.Schedule)]


def words(value: Any) -> list[str]:
    """An argument in the words that bits.cpp reads."""
    if value is None:
        return ["none"]
    if children_in(value):
        return ["0"]  # they are on the stack
    if isinstance(value, str):
        return [str(POLICIES.index(value))]
    if not isinstance(value, tuple):
        return [float(value).hex()]
    flat = [number for item in value for number in (item if isinstance(item, tuple) else (item,))]
    return ["list", str(len(flat)), *(float(number).hex() for number in flat)]


def build_lines(schedule: pw.Schedule) -> Iterator[str]:
    """The lines that build a schedule, its children first."""
    values = [getattr(schedule, name) for name in _core.PARAMETERS[schedule.kind]]
    children = [child for value in values for child in children_in(value)]
    for child in children:
        yield from build_lines(child)
    yield " ".join(["build", schedule.kind, str(len(children)), *(word for value in values for word in words(value))])


def questions() -> str:
    """The input of the program."""
    lines: list[str] = []
    for name, schedule in SAMPLES.items():
        lines += build_lines(schedule)
        steps = (step.hex() for step in real_steps(schedule).tolist())
        lines.append(f"write {name} {count(schedule)} {' '.join(steps)}")
    return "\n".join(lines) + "\n"


# What it answers.


def built(toolchain: Toolchain) -> Path | None:
    """The program, or None where it does not build; the log says why."""
    folder = toolchain.folder
    folder.mkdir(parents=True, exist_ok=True)
    configure = ["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja", *toolchain.configuration]
    with (folder / "build.log").open("w") as log:
        for command in (configure, ["cmake", "--build", str(folder), "--target", "bits"]):
            if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT).returncode:
                return None
    return folder / "bits"


def complaint(log: Path) -> str:
    """The first error in a log, and where the rest is."""
    errors = [line for line in log.read_text().splitlines() if "error" in line.lower()] or ["see"]
    return f"{errors[0].replace(f'{ROOT}/', '')} ({log.relative_to(ROOT)})"


def hashes(output: bytes) -> dict[str, str]:
    """The hash of each sample in the output of the program."""
    result, begin = {}, 0
    for name, schedule in SAMPLES.items():
        size = count(schedule) * (8 + 4) + len(real_steps(schedule)) * 8
        result[name] = hashlib.sha256(output[begin : begin + size]).hexdigest()
        begin += size
    if begin != len(output):
        raise ValueError(f"the program wrote {len(output)} bytes, and {begin} were expected")
    return result


def answer(toolchain: Toolchain, program: Path, golden: dict[str, str]) -> tuple[str, bool]:
    """What to say about one run, and whether all is well."""
    command = ["qemu-aarch64", str(program)] if toolchain.is_foreign else [str(program)]
    ran = subprocess.run(command, input=questions().encode(), capture_output=True)
    if ran.returncode == -signal.SIGILL and "-m" in toolchain.flags:
        return "not run: this processor lacks the instructions", True
    try:
        differing = [name for name, value in hashes(ran.stdout).items() if value != golden[name]]
    except ValueError as error:
        return f"failed: {error} (exit code {ran.returncode})", False
    complaints = ran.stderr.decode().splitlines()
    if not differing and not complaints and ran.returncode == 0:
        return f"{len(golden)} samples, 0 differing", True
    shown = ", ".join([*differing[:5], *complaints[:5]])
    return f"{len(golden)} samples, {len(differing)} differing, exit code {ran.returncode}: {shown}", False


def compare(toolchain: Toolchain, golden: dict[str, str]) -> bool:
    """Print a line for each run of a toolchain; whether all is well."""
    program = built(toolchain)
    if program is None:
        report(toolchain.compiler, toolchain.flags, f"failed to build: {complaint(toolchain.folder / 'build.log')}")
        return False
    text, well = answer(toolchain, program, golden)
    report(toolchain.compiler, toolchain.flags, text)
    return well


def compare_module(golden: dict[str, str]) -> bool:
    """Print a line for the Python module at hand; whether all is well."""
    differing = [name for name, schedule in SAMPLES.items() if golden_hash(schedule) != golden[name]]
    report("pywarmup._core", "", f"{len(golden)} samples, {len(differing)} differing")
    return not differing


def report(*columns: str) -> None:
    """Print a row of the table."""
    print(f"{columns[0]:24}{columns[1]:32}{columns[2]}", flush=True)


def main() -> int:
    """Compare all; the exit code."""
    golden = dict(json.loads(GOLDEN.read_text()))
    report("toolchain", "flags", "against tests/golden.json")
    results = [compare_module(golden)]
    packages: set[str] = set()
    for toolchain in toolchains():
        if toolchain.missing:
            packages.update(PACKAGES[program] for program in toolchain.missing)
            report(toolchain.compiler, toolchain.flags, "missing: " + ", ".join(toolchain.missing))
        else:
            results.append(compare(toolchain, golden))
    if packages:
        print("To run what is missing, on Debian: apt install " + " ".join(sorted(packages)))
    return 0 if all(results) and not (packages and "--all" in sys.argv) else 1


if __name__ == "__main__":
    sys.exit(main())
