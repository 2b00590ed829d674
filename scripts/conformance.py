"""Conformance with other libraries: the table in the docs, and the recorded values.

`python scripts/conformance.py table` writes docs/conformance.md from the recordings in tests/conformance/recorded;
`... check` exits with 1 if that would change it.
`python scripts/conformance.py record` runs the installed libraries anew at the recorded arguments and steps and writes
what they answer into the recordings. A library that is not installed, or whose recording was made from a checkout,
keeps its values; so do the traces in other precisions.
"""

import importlib
import importlib.metadata
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from conformance import compare  # noqa: E402
from conformance.case import RECORDED, Case, load  # noqa: E402

from pywarmup import compat  # noqa: E402

TABLE = ROOT / "docs" / "conformance.md"
HEAD = """# Conformance

`pywarmup.compat.<library>.<callable>` against values recorded from the real libraries.
`pytest tests/test_conformance.py` compares them, with `--cases DIR` those of another folder; `make record` runs the
libraries anew. This page is written by `python scripts/conformance.py table`.

The largest difference is that to the library's own answer, in parts of the peak of the case: 2.2e-16 is the spacing of
float64 at 1, 1.2e-7 that of float32. Float32 libraries are compared in float64 too, where they have it. Beyond step
10,000 libraries round the phase of a cosine before they take it, so the difference grows with the step: theirs.

| library | version | callables | cases | values | float64, to step 10,000 | farther | float32 |
| --- | --- | --- | --: | --: | --: | --: | --: |
"""
UNRECORDED = """
Of these there is no recording; tests compare with the installed library, or with its formulas written out:

| library | callables | compared in |
| --- | --- | --- |
"""
DEVIATIONS = """
## Where we leave a library

Elsewhere, past the end too, the values are the library's. Where it raises we raise, or hold the last value if it raises
only past the end.

| library | where | what it does | what we do |
| --- | --- | --- | --- |
"""
MODULES = {"ildoonet": "gradual_warmup", "formula": "fastai", "exact": ""}  # others are called as they are recorded
NEAR = 10_000


def table() -> str:
    """Return the page."""
    cases = load(RECORDED)
    libraries = sorted({case.library for case in cases})
    rows = [_row(library, [case for case in cases if case.library == library]) for library in libraries]
    others = sorted({*compat.LIBRARIES} - {MODULES.get(library, library) for library in libraries})
    pages = [HEAD, *rows, UNRECORDED, *map(_unrecorded, others), DEVIATIONS, *_deviations([*libraries, *others])]
    return "".join(pages)


def _row(library: str, cases: list[Case]) -> str:
    callables = ", ".join(dict.fromkeys(case.callable for case in cases))
    found = [difference for case in cases for difference in _relative(case)]
    near = [difference for dtype, step, difference in found if dtype == "float64" and step <= NEAR]
    far = [difference for dtype, step, difference in found if dtype == "float64" and step > NEAR]
    single = [difference for dtype, _, difference in found if dtype == "float32"]
    shown = [f"{max(column):.1e}" if column else "" for column in (near, far, single)]
    name = f"{library} | {cases[0].version}"
    return f"| {name} | {callables} | {len(cases)} | {len(found):,} | {' | '.join(shown)} |\n"


def _relative(case: Case) -> Iterator[tuple[str, float, float]]:
    try:
        made = compare.schedule(case)
    except (ValueError, TypeError):
        return
    for trace, step, theirs, ours, _ in compare.differences(case, made):
        peak = max(value for value in trace.values if value is not None)
        if compare.tolerance(case, trace, step, theirs, peak) < peak:  # or it is rounding that chooses the wave
            yield trace.dtype, step, abs(ours - theirs) / peak if ours != theirs else 0.0


def _unrecorded(library: str) -> str:
    callables = ", ".join(importlib.import_module(f"pywarmup.compat.{library}").__all__)
    tests = [path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob(f"test_compat_{library}.py"))]
    return f"| {library} | {callables} | {', '.join(map(str, tests))} |\n"


def _deviations(libraries: list[str]) -> Iterator[str]:
    for library in libraries:
        for one in getattr(compare.library(library), "DEVIATIONS", ()):
            yield f"| {library} | {one.where or 'any'} | {one.peer} | {one.ours} |\n"


def record() -> None:
    """Run the installed libraries at the recorded arguments and steps."""
    for file in sorted(RECORDED.glob("*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        kept = [case["id"] for case in data["cases"] if not _record(case)]
        file.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
        print(f"{file.name}: {len(data['cases']) - len(kept)} recorded, {len(kept)} kept as they were")


def _record(data: dict[str, Any]) -> bool:
    """Replace the values of one case; whether its library could be asked."""
    try:
        module = importlib.import_module(f"conformance.libraries.{data['library']}")
        version = importlib.metadata.version(getattr(module, "DISTRIBUTION", data["library"]))
        peer = module.peer
    except (ImportError, AttributeError):
        return False
    is_metric_driven = "metric-driven" in (data.get("tags") or ())
    if data.get("construct_error") or is_metric_driven or data["evaluation"] == "closed":
        return False
    arguments = ({} if data["base_lr"] is None else {"base_lr": data["base_lr"]}) | data["kwargs"]
    values, errors = _answers(peer, data["callable"], arguments, data["steps"])
    beyond = [error for error in data["errors"] if error["step"] not in data["steps"]]  # where a trace had to stop
    data |= {"values": [_plain(value) for value in values], "errors": [*errors, *beyond], "version": version}
    return True


def _plain(value: float | None) -> float | str | None:
    """As the recordings write it: JSON has no nan and no infinity."""
    if value is None or math.isfinite(value):
        return value
    return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")


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
        case ["check"]:
            sys.exit(TABLE.read_text(encoding="utf-8") != table())
        case ["record"]:
            record()
        case _:
            sys.exit(__doc__)
