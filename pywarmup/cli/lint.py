"""Look for mistakes in schedules: a peak that is never reached, a jump, a rate of zero, ..."""

from __future__ import annotations

import argparse

from pywarmup.cli import argument, output, source
from pywarmup.cli.errors import FINE, FOUND, printable

NAME = "lint"
TAKES_SCHEDULES = True
EXAMPLES = """\
  pywarmup lint "warmup_cosine(0.1, warmup_steps=500, total_steps=1000)"
  pywarmup lint --advice --steps-per-epoch 391 configs/*.yaml
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("schedules", metavar="SCHEDULE", nargs="+")
    parser.add_argument(
        "--total-steps", type=argument.number, metavar="N", help="length of the run, else the schedule's"
    )
    parser.add_argument("--steps-per-epoch", type=argument.number, metavar="N", help="updates in an epoch")
    parser.add_argument("--advice", action="store_true", help="print advice too")
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE", help="leave out; may be repeated")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; the exit code is 1 if there is one."""
    from pywarmup.tools.lint import lint

    options = {name: getattr(arguments, name) for name in ("total_steps", "steps_per_epoch", "advice", "ignore")}
    found = {text: lint(source.read(text), **options) for text in arguments.schedules}
    for text, findings in found.items():
        if findings and len(found) > 1:
            print(output.colour(printable(text), "bold"))
        for finding in findings:
            first, _, rest = str(finding).partition("\n")
            print(output.colour(first, "yellow"), *rest.splitlines(), sep="\n")
    return FOUND if any(found.values()) else FINE
