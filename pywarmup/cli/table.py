"""Write the values of a range of steps as CSV, JSON or NPY, of any length: memory stays as it is."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from pywarmup.cli import argument, output, source
from pywarmup.cli.errors import FINE
from pywarmup.schedule import Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "table"
TAKES_SCHEDULES = True
EXAMPLES = """\
  pywarmup table schedule.json --step 100 > schedule.csv
  pywarmup table "noam(d_model=512, warmup_steps=4000)" --stop 100_000 -o noam.npy --dtype float32
  pywarmup table schedule.json --format json | jq .value[0]
"""
BLOCK = 65_536
Blocks = Iterable[tuple[range, "NDArray[Any]"]]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("schedule", metavar="SCHEDULE")
    parser.add_argument("--start", type=argument.whole, metavar="N", default=0, help="the first step")
    parser.add_argument("--stop", type=argument.whole, metavar="N", help="the step to stop before; else the whole run")
    parser.add_argument("--step", type=argument.whole, metavar="N", default=1, help="from one step to the next")
    parser.add_argument("--dtype", choices=("float64", "float32"), default="float64")
    parser.add_argument("--format", choices=sorted(WRITERS), help="else the suffix of the file, or csv")
    parser.add_argument("-o", "--output", metavar="FILE", help="else standard output")


def run(arguments: argparse.Namespace) -> int:
    """Write the table."""
    schedule = source.read(arguments.schedule)
    if schedule.total_steps is None and arguments.stop is None:
        raise ValueError("table: an endless schedule has no last step; give `--stop`")
    steps = schedule._range(arguments.start, arguments.stop, arguments.step)
    form = arguments.format or _format(arguments.output)
    if form == "npy" and arguments.output is None and output.is_terminal():
        raise ValueError("table: NPY must go to a file or a pipe, got a terminal; give `-o FILE`")
    with output.opened(arguments.output) as file:
        WRITERS[form](file, steps, arguments.dtype, lambda: _blocks(schedule, steps, arguments.dtype))
    return FINE


def _format(path: str | None) -> str:
    suffix = os.path.splitext(path or "")[1].lower()[1:]
    if path is not None and suffix not in WRITERS:
        raise ValueError(f"table: `--output` must end in .csv, .json or .npy, got {path!r}; or give `--format`")
    return suffix or "csv"


def _blocks(schedule: Schedule, steps: range, dtype: str) -> Iterator[tuple[range, NDArray[Any]]]:
    for begin in range(0, len(steps), BLOCK):
        part = steps[begin : begin + BLOCK]
        yield part, schedule.array(part.start, part.stop, part.step, dtype=dtype)


def _texts(values: NDArray[Any]) -> Iterable[str]:
    """The shortest texts that read as these numbers again, in their type."""
    return map(repr, values.tolist()) if values.dtype == "float64" else map(str, values)


def _csv(file: BinaryIO, steps: range, dtype: str, blocks: Callable[[], Blocks]) -> None:
    file.write(b"step,value\n")
    for part, values in blocks():
        lines = [f"{step},{text}\n" for step, text in zip(part, _texts(values), strict=True)]
        file.write("".join(lines).encode())


def _json(file: BinaryIO, steps: range, dtype: str, blocks: Callable[[], Blocks]) -> None:
    """`{"step": [...], "value": [...]}`, which pandas reads as a table."""
    file.write(b'{"step":[')
    _items(file, (map(str, part) for part, _ in blocks()))
    file.write(b'],"value":[')
    _items(file, (_texts(values) for _, values in blocks()))
    file.write(b"]}\n")


def _items(file: BinaryIO, blocks: Iterable[Iterable[str]]) -> None:
    for index, texts in enumerate(blocks):
        file.write(("," if index else "").encode() + ",".join(texts).encode())


def _npy(file: BinaryIO, steps: range, dtype: str, blocks: Callable[[], Blocks]) -> None:
    """The values; the steps are those that were asked for."""
    import numpy as np

    kind = np.dtype(dtype).newbyteorder("<")
    np.lib.format.write_array_header_1_0(file, {"descr": kind.str, "fortran_order": False, "shape": (len(steps),)})
    for _, values in blocks():
        file.write(values.astype(kind, copy=False).tobytes())


WRITERS = {"csv": _csv, "json": _json, "npy": _npy}
