"""Schedules as data: strict reading, canonical writing, and the fingerprint.

A schedule is `{"schema": 1, "kind": ..., ...}`; the fields of a kind are those of its class, and schedules within it
are written alike, without the schema. Reading refuses what it does not know, and says where.
"""

from __future__ import annotations

from typing import Any, NoReturn

from pywarmup import _core, compose, shapes
from pywarmup.schedule import Schedule

SCHEMA = 1
LARGEST_SIZE = 10_000_000  # schedules in one definition
LARGEST_TEXT = 1_000_000_000  # characters of JSON

KINDS: dict[str, type[Schedule]] = {
    cls.kind: cls
    for module in (shapes, compose)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, Schedule) and cls is not Schedule
}


def to_dict(schedule: Schedule) -> dict[str, Any]:
    """Return the definition of a schedule as plain data."""
    return {"schema": SCHEMA, **_plain(schedule)}


def from_dict(data: dict[str, Any]) -> Schedule:
    """Return the schedule that `to_dict` wrote.

    Args:
        data: `{"schema": 1, "kind": ..., ...}`.

    Returns:
        The schedule, equal to the one written.

    Raises:
        ValueError: For an unknown kind, field or schema, a missing field, or a wrong value; with its path.
        TypeError: For a value of the wrong type; with its path.

    Example:
        >>> import pywarmup as pw
        >>> pw.from_dict({"schema": 1, "kind": "linear", "init_value": 0.0, "end_value": 0.1, "steps": 5})
        Linear(init_value=0.0, end_value=0.1, steps=5)
        >>> pw.from_dict({"schema": 1, "kind": "linaer"})
        Traceback (most recent call last):
            ...
        ValueError: from_dict: `$.kind` must be a known kind, got 'linaer'; did you mean 'linear'?
    """
    if not isinstance(data, dict):
        raise TypeError(f"from_dict: `$` must be a dictionary, got {_short(data)}")
    if "schema" not in data:
        _refuse("$.schema", f"{SCHEMA}, and is missing")
    schema = data["schema"]
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        _refuse("$.schema", f"{SCHEMA}, got {_short(schema)}")
    if schema > SCHEMA:
        _refuse("$.schema", f"at most {SCHEMA}, got {_short(schema)}; written by a newer pywarmup")
    return _Reader().schedule({key: value for key, value in data.items() if key != "schema"}, "$", 1)


def to_json(schedule: Schedule) -> str:
    """Return the definition of a schedule as canonical JSON: no spaces, fields in order, shortest numbers."""
    import json

    return json.dumps(to_dict(schedule), separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Schedule:
    """Return the schedule that `to_json` wrote.

    Args:
        text: JSON, at most 1e9 characters.

    Returns:
        The schedule, equal to the one written.

    Raises:
        ValueError: For text that is no JSON, has duplicate keys or numbers that are not finite, or as `from_dict`.
        TypeError: For what is no text, or as `from_dict`.

    Example:
        >>> import pywarmup as pw
        >>> pw.from_json(pw.Constant(0.1).to_json())
        Constant(value=0.1, steps=None)
    """
    if not isinstance(text, str):
        raise TypeError(f"from_json: `text` must be a string, got {_short(text)}")
    if len(text) > LARGEST_TEXT:
        raise ValueError(f"from_json: `text` must be at most {LARGEST_TEXT} characters, got {len(text)}")
    import json

    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError(f"from_json: `text` must be nested at most {_core.LARGEST_DEPTH} deep") from None
    except ValueError as error:
        if str(error).startswith("from_json"):
            raise
        raise ValueError(f"from_json: `text` must be JSON, got {_short(text)}; {error}") from None
    return from_dict(data)


def fingerprint(schedule: Schedule) -> str:
    """Return the SHA-256 of the canonical JSON."""
    import hashlib

    return hashlib.sha256(to_json(schedule).encode()).hexdigest()


def revive(version: int, cls: type[Schedule], fields: tuple[Any, ...]) -> Schedule:
    """Return a pickled schedule, checked like any other."""
    if type(version) is not int or version != SCHEMA:
        raise ValueError(f"revive: `version` must be {SCHEMA}, got {version!r}; written by a newer pywarmup")
    if cls not in KINDS.values():
        raise TypeError(f"revive: `cls` must be a kind of schedule, got {_short(cls)}")
    return cls(**dict(zip(_core.PARAMETERS[cls.kind], fields, strict=True)))


def _plain(value: Any) -> Any:
    if isinstance(value, Schedule):
        return {"kind": value.kind} | {name: _plain(getattr(value, name)) for name in _core.PARAMETERS[value.kind]}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


class _Reader:
    """Reads nested definitions, counting them."""

    def __init__(self) -> None:
        self.size = 0

    def schedule(self, data: Any, path: str, depth: int) -> Schedule:
        self._bound(path, depth)
        if not isinstance(data, dict):
            raise TypeError(f"from_dict: `{path}` must be a schedule, got {_short(data)}")
        cls = self._class(data, path)
        rules = _core.PARAMETERS[cls.kind]
        self._check_names(data, rules, path)
        fields = {name: self._field(data[name], rule, f"{path}.{name}", depth) for name, rule in rules.items()}
        try:
            return cls(**fields)
        except (TypeError, ValueError) as error:
            raise type(error)(str(error).replace("`", f"`{path}.", 1)) from None

    def _bound(self, path: str, depth: int) -> None:
        self.size += 1
        if depth > _core.LARGEST_DEPTH:
            _refuse(path, f"nested at most {_core.LARGEST_DEPTH} deep")
        if self.size > LARGEST_SIZE:
            _refuse("$", f"made of at most {LARGEST_SIZE} schedules")

    def _class(self, data: dict[str, Any], path: str) -> type[Schedule]:
        if "kind" not in data:
            _refuse(f"{path}.kind", "a known kind, and is missing")
        kind = data["kind"]
        if not isinstance(kind, str) or kind not in KINDS:
            _refuse(f"{path}.kind", f"a known kind, got {_short(kind)}{_nearest(kind, KINDS)}")
        return KINDS[kind]

    def _check_names(self, data: dict[str, Any], rules: dict[str, Any], path: str) -> None:
        for name in data:
            if name != "kind" and name not in rules:
                _refuse(f"{path}.{name}", f"a field of {data['kind']!r}{_nearest(name, rules)}")
        for name in rules:
            if name not in data:
                _refuse(f"{path}.{name}", "given, and is missing")

    def _field(self, value: Any, rule: _core.Rule, path: str, depth: int) -> Any:
        if rule is _core.Rule.schedule:
            return self.schedule(value, path, depth + 1)
        if rule is _core.Rule.schedules:
            if not isinstance(value, list | tuple):
                raise TypeError(f"from_dict: `{path}` must be a list of schedules, got {_short(value)}")
            return [self.schedule(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
        return value


def _refuse(path: str, rule: str) -> NoReturn:
    shown = path.encode("unicode_escape").decode()
    raise ValueError(f"from_dict: `{shown[:200]}` must be {rule}")


def _nearest(name: Any, known: Any) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), 1) if isinstance(name, str) and len(name) < 100 else []
    return f"; did you mean {close[0]!r}?" if close else ""


def _short(value: Any) -> str:
    text = ascii(value) if isinstance(value, str | int | float | bool | type(None)) else f"a {type(value).__name__}"
    return text if len(text) <= 80 else text[:80] + "..."


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"from_json: `{_short(double)}` must be given once, got it twice in one object")
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"from_json: `text` must have finite numbers only, got {name}")
