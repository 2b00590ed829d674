"""A recorded case: what a library was asked, and what it answered."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Case:
    """The fields that the comparison needs, of one case of a recording."""

    id: str
    library: str
    version: str
    callable: str
    kwargs: dict[str, Any]
    base_lr: float | None
    dtype: str
    evaluation: str
    traces: tuple[Trace, ...]
    errors: tuple[dict[str, Any], ...]
    construct_error: dict[str, Any] | None
    quirks: tuple[str, ...]
    quirk_steps: frozenset[float]
    tags: tuple[str, ...]

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of a call: a library's own `base_lr` (torch's CyclicLR) goes before the optimizer's."""
        return ({} if self.base_lr is None else {"base_lr": self.base_lr}) | self.kwargs


@dataclass(frozen=True)
class Trace:
    """Values at steps, None where the library raised, with the precision that they were computed in."""

    name: str
    dtype: str
    steps: tuple[float, ...]
    values: tuple[float | None, ...]


def load(folder: Path) -> list[Case]:
    """Return all cases of all recordings in a folder, in the order of their files."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise FileNotFoundError(f"no recordings (*.json) in {folder}")
    return [_case(data) for file in files for data in json.loads(file.read_text(encoding="utf-8"))["cases"]]


def _case(data: dict[str, Any]) -> Case:
    return Case(
        id=data["id"],
        library=data["library"],
        version=data["version"],
        callable=data["callable"],
        kwargs=data["kwargs"],
        base_lr=data["base_lr"],
        dtype=data["dtype"],
        evaluation=data["evaluation"],
        traces=tuple(_traces(data)),
        errors=tuple(data.get("errors") or ()),
        construct_error=data.get("construct_error"),
        quirks=tuple(data.get("quirks") or ()),
        quirk_steps=frozenset(data.get("quirk_steps") or ()),
        tags=tuple(data.get("tags") or ()),
    )


def _traces(data: dict[str, Any]) -> Iterator[Trace]:
    steps = data.get("steps") or ()
    yield Trace("main", data["dtype"], tuple(steps), _numbers(data.get("values") or ()))
    for name, other in (data.get("alt") or {}).items():
        if "values" in other:
            yield Trace(name, other["dtype"], tuple(other.get("steps", steps)), _numbers(other["values"]))
    if data.get("closed_form") and data["closed_form"].get("values"):
        closed = data["closed_form"]
        yield Trace("closed_form", data["dtype"], tuple(closed["steps"]), _numbers(closed["values"]))
    if data.get("momentum"):
        yield Trace("momentum", data["dtype"], tuple(steps), _numbers(data["momentum"]))


def _numbers(values: list[Any] | tuple[Any, ...]) -> tuple[float | None, ...]:
    return tuple(None if value is None else float(value) for value in values)


def is_number(value: float | None) -> bool:
    """Whether a library answered with a finite number."""
    return value is not None and math.isfinite(value)


def is_sane(value: float | None) -> bool:
    """Whether a library's answer is a rate at all: it did not raise, and the number is finite and not negative."""
    return value is not None and is_number(value) and value >= 0.0
