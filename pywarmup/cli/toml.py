"""Definitions in TOML. It has no null: a field that may be None and is missing is None."""

from __future__ import annotations

import importlib
from typing import Any

from pywarmup import _core

OPTIONAL = (_core.Rule.optional_length, _core.Rule.optional_finite, _core.Rule.optional_count)


def load(text: str) -> Any:
    r"""Return the data of a TOML text.

    Example:
        >>> load('schema = 1\nkind = "constant"\nvalue = 0.1')
        {'schema': 1, 'kind': 'constant', 'value': 0.1, 'steps': None}
    """
    try:
        parser = importlib.import_module("tomllib")  # from Python 3.11 on
    except ImportError:
        parser = _tomli()
    try:
        return _completed(parser.loads(text))
    except parser.TOMLDecodeError as error:
        raise ValueError(f"it must be TOML; {error}") from None


def _tomli() -> Any:
    try:
        return importlib.import_module("tomli")
    except ImportError:
        raise ImportError(
            'TOML on Python 3.10 needs tomli; install it with `pip install "pywarmup-schedules[toml]"`'
        ) from None


def _completed(data: Any) -> Any:
    if isinstance(data, list):
        return [_completed(item) for item in data]
    if not isinstance(data, dict):
        return data
    kind = data.get("kind")
    rules = _core.PARAMETERS.get(kind, {}) if isinstance(kind, str) else {}
    missing = {name: None for name, rule in rules.items() if rule in OPTIONAL}
    return {name: _completed(value) for name, value in data.items()} | {
        name: None for name in missing if name not in data
    }
