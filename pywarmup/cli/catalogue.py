"""List the shapes, combinators and recipes with their parameters; or explain one of them."""

from __future__ import annotations

import argparse
import inspect

from pywarmup import recipes
from pywarmup.cli import names, output
from pywarmup.cli.errors import FINE
from pywarmup.schedule import Schedule

NAME = "list"
TAKES_SCHEDULES = False
EXAMPLES = """\
  pywarmup list
  pywarmup list wsd
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="what to explain")


def run(arguments: argparse.Namespace) -> int:
    """Print the list, or the documentation of one name."""
    if arguments.name is not None:
        print("\n".join(_details(arguments.name)))
        return FINE
    groups = {"shapes": names.shapes_of(), "recipes": recipes.__all__, "combinators": names.FUNCTIONS}
    for title, members in groups.items():
        print(output.colour(title, "bold"))
        for name in members:
            print(_entry(name, names.own()[name]))
    print(output.colour("methods", "bold"))
    for name in names.METHODS:
        print(_entry(f".{name}", getattr(Schedule, name)))
    print("  + - * /\n      A schedule and a number; + - * of two schedules.")
    return FINE


def _entry(name: str, made: object) -> str:
    return f"  {name}{signature(made)}\n      {inspect.getdoc(made).splitlines()[0]}"  # type: ignore[union-attr]


def signature(made: object) -> str:
    """Return the parameters of a shape, a recipe or a method, without types.

    Example:
        >>> import pywarmup as pw
        >>> signature(pw.Cosine)
        '(init_value, end_value, *, steps, exponent=1.0)'
    """
    known = inspect.signature(made)  # type: ignore[arg-type]
    bare = [each.replace(annotation=each.empty) for name, each in known.parameters.items() if name != "self"]
    return str(known.replace(parameters=bare, return_annotation=known.empty))


def _details(name: str) -> list[str]:
    bare = name.removeprefix(".")
    made = getattr(Schedule, bare) if bare in names.METHODS else _found(name)
    return [output.colour(f"{name}{signature(made)}", "bold"), "", inspect.getdoc(made) or ""]


def _found(name: str) -> names.Maker:
    try:
        return names.find(name)
    except ValueError as error:
        raise ValueError(str(error).replace("expression:", "list:", 1)) from None
