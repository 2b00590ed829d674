"""Where a schedule comes from: an expression, a file, or standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from typing import Any

from pywarmup.cli import expression
from pywarmup.schedule import Schedule
from pywarmup.serialize import from_dict, from_json

LARGEST_JSON = 64 << 20  # bytes; all of these are read in seconds
LARGEST_TOML = 1 << 20
LARGEST_YAML = 1 << 18


def read(text: str) -> Schedule:
    """Return the schedule that an argument of the command line stands for.

    Args:
        text: An expression; the path of a file that ends in .json, .toml, .yaml or .yml; or "-", standard input.

    Returns:
        The schedule.

    Raises:
        ValueError: For what describes no schedule.
        OSError: For a file that cannot be read.

    Example:
        >>> read("Constant(0.1)")
        Constant(value=0.1, steps=None)
    """
    if text == "-":
        return _from_standard_input()
    suffix = os.path.splitext(text)[1].lower()
    if suffix in READERS:
        largest, reader = READERS[suffix]
        return reader(_content(text, largest), text)
    if "(" not in text and os.path.exists(text):
        _check_no_directory(text, os.stat(text))
        raise ValueError(f"{text}: a file of a schedule must end in {', '.join(READERS)}; for a pipe write `-`")
    return expression.parse(text)


def _from_standard_input() -> Schedule:
    if sys.stdin is None:
        raise ValueError("standard input: it must be open")
    text = _decoded(sys.stdin.buffer.read(LARGEST_JSON + 1), LARGEST_JSON, "standard input")
    return _json(text, "standard input") if text.lstrip().startswith("{") else expression.parse(text)


def _content(path: str, largest: int) -> str:
    status = os.stat(path)
    _check_no_directory(path, status)
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{path}: it must be a regular file; to read a pipe or a device write `- < {path}`")
    if status.st_size > largest:
        raise ValueError(f"{path}: it must be at most {largest} bytes, got {status.st_size}")
    with open(path, "rb") as file:
        return _decoded(file.read(largest + 1), largest, path)  # it may have grown


def _check_no_directory(path: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ValueError(f"{path}: it must be a file, and is a directory")


def _decoded(content: bytes, largest: int, name: str) -> str:
    if len(content) > largest:
        raise ValueError(f"{name}: it must be at most {largest} bytes, got more")
    if not content.strip():
        raise ValueError(f"{name}: it must hold a schedule, and is empty")
    try:
        return content.decode("utf-8-sig")  # editors of Windows begin a file with a mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: it must be UTF-8, got byte {content[error.start]:#04x} at {error.start}") from None


def _json(text: str, name: str) -> Schedule:
    return _named(name, lambda: from_json(text))


def _toml(text: str, name: str) -> Schedule:
    from pywarmup.cli import toml

    return _named(name, lambda: _configured(toml.load(text)))


def _yaml(text: str, name: str) -> Schedule:
    from pywarmup.cli import yaml

    return _named(name, lambda: _configured(yaml.load(text)))


def _configured(data: Any) -> Schedule:
    """A definition; or a configuration that has one, or an expression, as its `schedule`."""
    if isinstance(data, dict) and "kind" not in data and "schedule" in data:
        inner = data["schedule"]
        return expression.parse(inner) if isinstance(inner, str) else from_dict(inner)
    return from_dict(data)


def _named(name: str, reader: Callable[[], Schedule]) -> Schedule:
    try:
        return reader()
    except RecursionError:
        raise ValueError(f"{name}: it is nested too deep") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None


READERS: dict[str, tuple[int, Callable[[str, str], Schedule]]] = {
    ".json": (LARGEST_JSON, _json),
    ".toml": (LARGEST_TOML, _toml),
    ".yaml": (LARGEST_YAML, _yaml),
    ".yml": (LARGEST_YAML, _yaml),
}
