"""The results of a session: written by the benches, read by the report."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import machine

PATH = Path(__file__).parents[1] / "build" / "benches" / "results.json"


@dataclass(frozen=True)
class Result:
    """What one peer needed in one case of a question: seconds, unless the unit says otherwise."""

    question: str
    case: str
    peer: str
    title: str  # how the report calls the peer
    minimum: float
    median: float
    rounds: int
    unit: str = "s"


Record: TypeAlias = Callable[..., None]


@contextmanager
def writing() -> Iterator[Record]:
    """Collect results; at the end they replace those of the same questions in the file."""
    collected: list[Result] = []

    def record(question: str, case: str, peer: str, samples: list[float], *, title: str = "", unit: str = "s") -> None:
        middle = statistics.median(samples)
        collected.append(Result(question, case, peer, title or peer, min(samples), middle, len(samples), unit))

    try:
        yield record
    finally:
        write(collected)


def write(collected: list[Result]) -> None:
    """Merge into the file, because a session may ask only some of the questions."""
    asked = {(result.question, result.case) for result in collected}
    kept = [result for result in read() if (result.question, result.case) not in asked]
    PATH.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine.describe(), "results": [asdict(result) for result in [*kept, *collected]]}
    PATH.write_text(json.dumps(content, indent=1))


def read() -> list[Result]:
    """Return what the last sessions found, nothing if there was none."""
    return [Result(**result) for result in json.loads(PATH.read_text())["results"]] if PATH.exists() else []


def read_machine() -> dict[str, str]:
    """Return where the last session ran."""
    return json.loads(PATH.read_text())["machine"]
