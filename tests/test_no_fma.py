"""No fused multiply-add in the compiled module: it rounds once where other machines round twice."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pywarmup import _core

# x86: vfmadd, vfmsub, vfnmadd, vfnmsub, vfmaddsub; ARM: fmadd, fmsub, fnmadd, fnmsub, fmla, fmls, fmad, ...
FUSED = re.compile(r"vfn?m(add|sub)|fn?m(add|sub|l[as]|ad|sb)")
PRODUCT = re.compile(r"v?mul[sp]d|fmul")

SOURCE = "double fused(double a, double b, double c) { return a * b + c; }\n"
FUSING = [["-mfma"], []]  # on x86, and where the base instruction set has it


def mnemonics(path: Path) -> list[str]:
    objdump = shutil.which("objdump")
    if objdump is None:
        pytest.skip("objdump is missing (Debian: binutils)")
    command = [objdump, "-d", "--no-show-raw-insn", str(path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = (line.split("\t") for line in lines)
    return [row[1].split()[0] for row in rows if len(row) > 1 and row[1].strip()]


def test_the_module_has_no_fused_multiply_add() -> None:
    found = mnemonics(Path(str(_core.__file__)))
    assert len(found) > 10_000
    assert any(PRODUCT.fullmatch(name) for name in found)
    assert not {name for name in found if FUSED.match(name)}


def test_a_fused_multiply_add_would_be_found(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform == "win32":
        pytest.skip("a C compiler is missing")
    source, compiled = tmp_path / "fused.c", tmp_path / "fused.o"
    source.write_text(SOURCE)
    for flags in FUSING:
        command = [compiler, "-O2", "-ffp-contract=fast", *flags, "-c", str(source), "-o", str(compiled)]
        if subprocess.run(command, capture_output=True).returncode == 0:
            break
    assert [name for name in mnemonics(compiled) if FUSED.match(name)]
