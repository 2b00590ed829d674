"""Show what a schedule is: its definition, its stages, its peak and its curve."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from pywarmup.cli import output, source
from pywarmup.cli.errors import FINE, one_line
from pywarmup.cli.plot import drawn
from pywarmup.cli.tree import tree
from pywarmup.schedule import Schedule

if TYPE_CHECKING:
    from pywarmup.questions import Stage

NAME = "show"
TAKES_SCHEDULES = True
EXAMPLES = """\
  pywarmup show "warmup_cosine(3e-4, warmup_steps=2000, total_steps=100_000)"
  pywarmup show --json "Linear(0, 3e-4, steps=2000)" > schedule.json
"""
MOST_STAGES = 20


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("schedule", metavar="SCHEDULE")
    parser.add_argument("--json", action="store_true", help="print the definition as JSON, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Print the summary."""
    schedule = source.read(arguments.schedule)
    if arguments.json:
        print(schedule.to_json())
        return FINE
    for name, lines in summary(schedule).items():
        print(output.colour(f"{name:<13}", "bold") + lines[0])
        print("".join(f"{'':13}{line}\n" for line in lines[1:]), end="")
    print()
    print(drawn(schedule))
    return FINE


def summary(schedule: Schedule) -> dict[str, list[str]]:
    """Return what is known of a schedule, as lines under names.

    Example:
        >>> import pywarmup as pw
        >>> summary(pw.Linear(0.0, 1.0, steps=4))["peak"]
        ['1.0 at step 4']
    """
    from pywarmup.questions import integral, peak

    total = schedule.total_steps
    shown = {
        "schedule": tree(schedule),
        "total steps": ["endless" if total is None else str(total)],
        "stages": _stages(schedule),
        "start": [repr(schedule(0))],
        "peak": [_answer(lambda: "{0.value!r} at step {0.step}".format(peak(schedule)))],
    }
    if total is not None:
        shown["end"] = [_answer(lambda: repr(schedule(total)))]
        shown["area"] = [_answer(lambda: repr(integral(schedule)))]
    return {name: lines for name, lines in shown.items() if lines} | {"fingerprint": [schedule.fingerprint]}


def _answer(question: Callable[[], str]) -> str:
    """The answer, or why there is none: an endless schedule may grow for ever."""
    try:
        return question()
    except (ValueError, OverflowError) as error:
        return f"unknown ({one_line(error)})"


def _stages(schedule: Schedule) -> list[str]:
    from pywarmup.questions import stages

    found = stages(schedule)
    if len(found) == 1:
        return []
    spans = [f"{stage.begin} to {'...' if stage.end is None else stage.end}" for stage in found[:MOST_STAGES]]
    width = max(map(len, spans))
    lines = [f"{span:<{width}}  {_course(stage)}" for span, stage in zip(spans, found, strict=False)]
    return lines + ([f"... {len(found)} in all"] if len(found) > MOST_STAGES else [])


def _course(stage: Stage) -> str:
    """What is there, from which value to which."""
    inner = stage.schedule
    while hasattr(inner, "schedule"):  # within factors, clips and the like
        inner = inner.schedule
    end = "..." if stage.end is None else repr(stage.schedule(stage.end - stage.begin))
    return f"{inner.kind.replace('_', ' ')}, {stage.schedule(0)!r} to {end}"
