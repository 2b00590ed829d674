"""The floors look down only, and importing the package imports no framework."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pywarmup
from pywarmup import compat

ROOT = Path(__file__).parent.parent
C_FLOORS = ["math", "shapes", "program", "bindings"]
PYTHON_FLOORS = [
    ["schedule", "compose", "shapes", "recipes", "serialize", "current", "counting", "loops", "questions", "__init__"],
    ["tools"],
    ["bounds", "trace", "torch", "keras", "jax", "mlx", "xgboost", "compat"],
    ["cli", "__main__"],
]
FRAMEWORKS = ["torch", "jax", "keras", "tensorflow", "matplotlib", "sklearn", "mlx", "xgboost", "lightgbm"]


@pytest.mark.parametrize("path", sorted((ROOT / "csrc").rglob("*.[hc]pp")), ids=lambda path: path.name)
def test_a_c_file_includes_only_its_floor_and_those_below(path: Path) -> None:
    floor = C_FLOORS.index(path.parent.name)
    for include in re.findall(r'#include ["<]([^">]+)[">]', path.read_text()):
        target = (path.parent / include).resolve()
        if target.exists():
            assert C_FLOORS.index(target.parent.name) <= floor, include
        if floor < C_FLOORS.index("bindings"):
            assert not include.startswith(("Python", "pybind11")), include
        if floor == 0:
            assert include not in ("cmath", "math.h"), include


@pytest.mark.parametrize("path", sorted((ROOT / "pywarmup").rglob("*.py")), ids=lambda path: path.stem)
def test_a_python_module_imports_only_its_floor_and_those_below(path: Path) -> None:
    module = path.relative_to(ROOT / "pywarmup").parts[0].removesuffix(".py")
    floor = next(index for index, names in enumerate(PYTHON_FLOORS) if module in names)
    above = [name for names in PYTHON_FLOORS[floor + 1 :] for name in names]
    for node in ast.walk(ast.parse(path.read_text())):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in modules:
            assert not name.startswith("pywarmup") or name.split(".")[-1] not in above, name
            assert floor > 0 or name.split(".")[0] not in FRAMEWORKS, name


def test_importing_the_package_loads_neither_numpy_nor_a_framework() -> None:
    code = "import sys, pywarmup as pw; pw.Cosine(1.0, 0.0, steps=9)(3); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout
    loaded = {name.split(".")[0] for name in printed.split()}
    assert "pywarmup" in loaded
    assert not loaded & {"numpy", *FRAMEWORKS}


EXTRAS = {"jax": "JAX", "keras": "Keras", "mlx": "MLX", "torch": "PyTorch", "xgboost": "XGBoost"}


@pytest.mark.parametrize(("extra", "name"), EXTRAS.items())
def test_an_adapter_without_its_framework_names_the_extra(extra: str, name: str) -> None:
    code = f"import sys; sys.modules[{extra!r}] = None; import pywarmup.{extra}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: pywarmup.{extra}: {name} cannot be imported ("), last
    assert last.endswith(f'; install it with `pip install "pywarmup-schedules[{extra}]"`'), last


def test_the_public_names_are_sorted_and_there() -> None:
    assert pywarmup.__all__ == sorted(pywarmup.__all__)
    assert all(hasattr(pywarmup, name) for name in pywarmup.__all__)


def test_the_changelog_knows_the_version() -> None:
    assert f"## {pywarmup.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_compat_has_a_module_for_each_of_its_libraries_and_loads_none_of_them() -> None:
    files = {path.stem for path in (ROOT / "pywarmup" / "compat").iterdir() if path.stem[0] != "_"}
    assert files == set(compat.LIBRARIES)
    code = "import sys; from pywarmup import compat; [getattr(compat, n) for n in dir(compat)]; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/").stdout
    loaded = {name.split(".")[0] for name in printed.split()}
    assert not loaded & {*compat.LIBRARIES, *FRAMEWORKS}
