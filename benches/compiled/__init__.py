"""Builds the compiled peers into `build/` on first use, each by itself: what cannot be built is one missing peer."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import ModuleType

SOURCE = Path(__file__).parent
BUILD = SOURCE.parents[1] / "build" / "benches" / sysconfig.get_config_var("SOABI")


@cache
def load(name: str) -> ModuleType:
    """Build and import `floors`, `ordinary` or `cython_binding`.

    Raises:
        ImportError: With the last lines of the compiler's output, if it cannot be built.
    """
    configure()
    run("--build", str(BUILD), "--target", name)
    (path,) = BUILD.glob(f"{name}*.so")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def configure() -> None:
    """Let CMake write the build files, for this interpreter."""
    options = [f"-DPython_EXECUTABLE={sys.executable}", "-DCMAKE_BUILD_TYPE=Release"]
    if importlib.util.find_spec("pybind11"):
        import pybind11

        options.append(f"-Dpybind11_DIR={pybind11.get_cmake_dir()}")
    if shutil.which("ninja", path=search_path()):
        options.append("-GNinja")
    run("-S", str(SOURCE), "-B", str(BUILD), *options)


def run(*arguments: str) -> None:
    """Run CMake: the one beside the interpreter, else the one on the path."""
    cmake = shutil.which("cmake", path=search_path())
    if cmake is None:
        raise ImportError("CMake is not installed")
    environment = {**os.environ, "PATH": search_path()}
    result = subprocess.run([cmake, *arguments], env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ImportError("cannot be built: " + " ".join((result.stdout + result.stderr).split())[-500:])


def search_path() -> str:
    """The directory of the interpreter before the rest."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
