"""Print the values at steps: whole ones, fractional ones, and ranges such as 0:100:10."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from pywarmup.cli import argument, source
from pywarmup.cli.errors import FINE
from pywarmup.schedule import Schedule

NAME = "at"
TAKES_SCHEDULES = True
EXAMPLES = """\
  pywarmup at "Linear(0, 3e-4, steps=2000)" 0 500 1999.5
  pywarmup at schedule.json 0:1000:100 1000:
  lr=$(pywarmup at --quiet schedule.json 5000)
"""
BLOCK = 65_536


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("schedule", metavar="SCHEDULE")
    parser.add_argument(
        "steps", metavar="STEP", nargs="+", type=argument.steps, help="a step, or start:stop:step without the stop"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print the values only")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each step: the step, a tab, the value."""
    schedule = source.read(arguments.schedule)
    for step, value in _pairs(schedule, arguments.steps):
        print(repr(value) if arguments.quiet else f"{step}\t{value!r}")
    return FINE


def _pairs(schedule: Schedule, asked: list[float | slice]) -> Iterator[tuple[float, float]]:
    for each in asked:
        if not isinstance(each, slice):
            yield each, schedule(each)
            continue
        steps = schedule._range(each.start, each.stop, 1 if each.step is None else each.step)
        for begin in range(0, len(steps), BLOCK):
            part = steps[begin : begin + BLOCK]
            yield from zip(part, schedule.array(part.start, part.stop, part.step).tolist(), strict=True)
