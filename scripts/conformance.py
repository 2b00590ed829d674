"""Conformance with other libraries: the table in the docs, and the recorded values.

`python scripts/conformance.py table` writes docs/conformance.md from the recordings in tests/conformance/recorded.
`python scripts/conformance.py record` runs the installed libraries anew at the recorded arguments and steps and writes
what they answer into the recordings. A library that is not installed, or whose recording was made from a checkout,
keeps its values; so do the traces in other precisions.
"""

import importlib
import importlib.metadata
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from conformance import compare  # noqa: E402
from conformance.case import RECORDED, Case, load  # noqa: E402

TABLE = ROOT / "docs" / "conformance.md"
HEAD = """# Conformance

`pywarmup.compat.<library>.<callable>` against values recorded from the real libraries.
`pytest tests/test_conformance.py` compares them, with `--cases DIR` those of another folder; `make record` runs the
libraries anew. This page is written by `python scripts/conformance.py table`.

The largest difference is that to the library's own answer, in parts of the peak of the case: 2.2e-16 is the spacing of
float64 at 1, 1.2e-7 that of float32. Float32 libraries are compared in float64 too, where they have it.

| library | version | callables | cases | values | largest difference, float64 | float32 |
| --- | --- | --- | --: | --: | --: | --: |
"""
DEVIATIONS = """
## Where we leave a library

Elsewhere, past the end too, the values are the library's. Where it raises we raise, or hold the last value if it raises
only past the end.

| library | where | what it does | what we do |
| --- | --- | --- | --- |
"""


def table() -> str:
    """Return the page."""
    cases = load(RECORDED)
    libraries = sorted({case.library for case in cases})
    rows = [_row(library, [case for case in cases if case.library == library]) for library in libraries]
    return HEAD + "\n".join(rows) + "\n" + DEVIATIONS + "\n".join(_deviations(cases, libraries)) + "\n"


def _row(library: str, cases: list[Case]) -> str:
    callables = list(dict.fromkeys(case.callable for case in cases))
    largest = {"float64": 0.0, "float32": 0.0}
    values = 0
    for case in cases:
        for dtype, difference in _relative(case):
            largest[dtype] = max(largest[dtype], difference)
            values += 1
    shown = [f"{number:.1e}" if number else "0" for number in largest.values()]
    shown[1] = shown[1] if any(case.dtype == "float32" for case in cases) else ""
    name = f"{library} {cases[0].version}".strip()
    return f"| {name} | {', '.join(callables)} | {len(cases)} | {values:,} | {' | '.join(shown)} |".replace(" ", " ", 1)


def _relative(case: Case) -> Iterator[tuple[str, float]]:
    try:
        made = compare.schedule(case)
    except (ValueError, TypeError):
        return
    for trace, _, theirs, ours, _ in compare.differences(case, made):
        peak = max(value for value in trace.values if value is not None)
        yield trace.dtype, abs(ours - theirs) / peak if ours != theirs else 0.0


def _deviations(cases: list[Case], libraries: list[str]) -> Iterator[str]:
    for library in libraries:
        for one in compare.deviations(next(case for case in cases if case.library == library)):
            yield f"| {library} | {one.where or 'any'} | {one.peer} | {one.ours} |"


def record() -> None:
    """Run the installed libraries at the recorded arguments and steps."""
    for file in sorted(RECORDED.glob("*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        kept = [case["id"] for case in data["cases"] if not _record(case)]
        file.write_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{file.name}: {len(data['cases']) - len(kept)} recorded, {len(kept)} kept as they were")


def _record(data: dict[str, Any]) -> bool:
    """Replace the values of one case; whether its library could be asked."""
    try:
        module = importlib.import_module(f"conformance.libraries.{data['library']}")
        version = importlib.metadata.version(module.DISTRIBUTION)
        peer = module.peer
    except (ImportError, AttributeError):
        return False
    if data.get("construct_error") or "metric-driven" in (data.get("tags") or ()):
        return False
    arguments = ({} if data["base_lr"] is None else {"base_lr": data["base_lr"]}) | data["kwargs"]
    data["values"], data["errors"] = _answers(peer, data["callable"], arguments, data["steps"])
    data["version"] = version
    return True


def _answers(peer: Any, name: str, arguments: dict[str, Any], steps: list[float]) -> tuple[list[Any], list[Any]]:
    try:
        return peer(name, arguments, steps), []
    except Exception:
        pairs = [_answer(peer, name, arguments, step) for step in steps]
        return [value for value, _ in pairs], [error for _, error in pairs if error]


def _answer(peer: Any, name: str, arguments: dict[str, Any], step: float) -> tuple[float | None, dict[str, Any] | None]:
    try:
        return peer(name, arguments, [step])[0], None
    except Exception as error:  # whatever a library raises is an answer
        return None, {"step": step, "type": type(error).__name__, "message": str(error)}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["table"]:
            TABLE.write_text(table(), encoding="utf-8")
        case ["record"]:
            record()
        case _:
            sys.exit(__doc__)
