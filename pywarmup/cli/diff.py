"""Compare two schedules: where they part, and how far they get from each other."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pywarmup.cli import argument, output, source
from pywarmup.cli.errors import FINE, FOUND
from pywarmup.schedule import Schedule

if TYPE_CHECKING:
    from pywarmup.tools.difference import Difference

NAME = "diff"
TAKES_SCHEDULES = True
EXAMPLES = """\
  pywarmup diff saved.json "warmup_cosine(3e-4, warmup_steps=2000, total_steps=100_000)"
  pywarmup diff --quiet old.json new.json || echo changed
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("a", metavar="A", help="a schedule")
    parser.add_argument("b", metavar="B", help="another one")
    parser.add_argument("--stop", type=argument.whole, metavar="N", help="how many steps to compare")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing: the exit code says it")


def run(arguments: argparse.Namespace) -> int:
    """Print the difference; the exit code is 1 if there is one."""
    from pywarmup.tools.difference import difference

    a, b = source.read(arguments.a), source.read(arguments.b)
    found = difference(a, b, stop=arguments.stop)
    if not arguments.quiet:
        print("\n".join(_lines(a, b, found)))
    return FINE if found.first_step is None else FOUND


def _lines(a: Schedule, b: Schedule, found: Difference) -> list[str]:
    compared = f"{found.stop} steps" + (f", each {found.stride}th of a stage" if found.stride > 1 else "")
    if found.first_step is None:
        same = "the same schedule" if a == b else f"the same values in {compared}, written in two ways"
        return [output.colour(same, "green")]
    first, last = found.first_step, found.stop - 1
    lines = [f"first difference  step {first}: {_value(a, first)} and {_value(b, first)}"]
    if found.at is not None:
        lines.append(f"largest           {found.largest!r} at step {found.at}: {a(found.at)!r} and {b(found.at)!r}")
    if found.areas is not None:
        lines.append(f"areas             {found.areas[0]!r} and {found.areas[1]!r}{_ratio(found.areas)}")
    lines.append(f"last compared     step {last}: {_value(a, last)} and {_value(b, last)}")
    return [output.colour(line[:18], "bold") + line[18:] for line in lines]


def _ratio(areas: tuple[float, float]) -> str:
    return f" ({100 * (areas[1] / areas[0] - 1):+.3g} %)" if areas[0] > 0 and areas[0] != areas[1] else ""


def _value(schedule: Schedule, step: float) -> str:
    try:
        return repr(schedule(step))
    except ValueError:
        return "past its end"
