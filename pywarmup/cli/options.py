"""The options of the command line, and what its help says."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

import pywarmup
from pywarmup.cli import at, catalogue, counting, diff, lint, plot, show, table
from pywarmup.cli.names import suggestion

COMMANDS = (show, at, table, plot, diff, lint, catalogue, counting)

SCHEDULES = """\
a SCHEDULE is one of
  an expression       "warmup_cosine(3e-4, warmup_steps=2000, total_steps=100_000)"
                      "join(Linear(0, 1, steps=10), Cosine(1, 0, steps=90)) * 0.1"
  a file              schedule.json, .toml, .yaml: what `to_dict` gives, or `schedule = "an expression"`
  -                   standard input: JSON or an expression
An expression is read, never evaluated. One that begins with a minus needs `--` before it.
"""
EXIT_CODES = """\
exit codes: 0 fine; 1 findings of lint, differences of diff; 2 wrong usage or bad input; 130 Ctrl-C
"""
EXAMPLES = """\
examples:
  pywarmup show "wsd(3e-4, warmup_steps=2000, decay_steps=20000, total_steps=100_000)"
  pywarmup at schedule.json 0 1000 2000:100000:10000
  pywarmup lint "warmup_cosine(0.1, warmup_steps=500, total_steps=1000)"
  pywarmup list warmup_cosine
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are those of all other bad input."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise the error, instead of printing the usage."""
        raise ValueError(f"{message}; `{self.prog} --help` explains it")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says, with the function to run as `run`.

    Example:
        >>> parse(["shwo", "Constant(0.1)"])
        Traceback (most recent call last):
            ...
        ValueError: `shwo` must be a command; did you mean `show`?
    """
    names = [command.NAME for command in COMMANDS]
    if arguments and arguments[0] not in (*names, "-h", "--help", "--version"):
        remedy = suggestion(arguments[0], names) or f"; they are {', '.join(names)}"
        raise ValueError(f"`{arguments[0]}` must be a command{remedy}")
    try:
        return _parser().parse_args(arguments)
    except ValueError as error:
        if any(each.startswith("-") and "(" in each for each in arguments):
            raise ValueError(f"{error}; an expression that begins with a minus needs `--` before it") from None
        raise


def _parser() -> Parser:
    parser = Parser(
        prog="pywarmup",
        description="Learning-rate schedules: see them, check them, write them.",
        epilog=f"{SCHEDULES}\n{EXAMPLES}\n{EXIT_CODES}",
    )
    parser.add_argument("--version", action="version", version=f"pywarmup {pywarmup.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for command in COMMANDS:
        text = (command.__doc__ or "").strip()
        needs = SCHEDULES + "\n" if command.TAKES_SCHEDULES else ""
        made = commands.add_parser(
            command.NAME,
            help=text.splitlines()[0],
            description=text,
            epilog=f"{needs}examples:\n{command.EXAMPLES}\n{EXIT_CODES}",
        )
        command.add_options(made)
        made.set_defaults(run=command.run)
    return parser
