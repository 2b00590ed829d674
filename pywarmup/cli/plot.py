"""Draw schedules: in the terminal, or as a PNG, SVG or PDF file."""

from __future__ import annotations

import argparse
import os
import shutil
from typing import Any

from pywarmup.cli import argument, output, source
from pywarmup.cli.errors import FINE, printable
from pywarmup.schedule import Schedule

NAME = "plot"
TAKES_SCHEDULES = True
EXAMPLES = """\
  pywarmup plot "warmup_cosine(3e-4, warmup_steps=2000, total_steps=100_000)"
  pywarmup plot --scale log old.json new.json -o both.svg
"""
WIDEST = 100  # columns
LONGEST_LABEL = 70
SUFFIXES = (".pdf", ".png", ".svg")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("schedules", metavar="SCHEDULE", nargs="+")
    parser.add_argument("-o", "--output", metavar="FILE", help="a picture, by its suffix: .png, .svg or .pdf")
    parser.add_argument("--start", type=argument.number, metavar="N", help="the first step")
    parser.add_argument("--stop", type=argument.number, metavar="N", help="the last step")
    parser.add_argument("--scale", choices=("linear", "log"), default="linear", help="of the values")
    parser.add_argument("--width", type=argument.whole, metavar="N", help="columns, in the terminal")
    parser.add_argument("--height", type=argument.whole, metavar="N", help="lines, in the terminal")


def run(arguments: argparse.Namespace) -> int:
    """Draw in the terminal, or into a file."""
    schedules = [source.read(text) for text in arguments.schedules]
    given = {name: getattr(arguments, name) for name in ("start", "stop", "scale", "width", "height")}
    options = {name: value for name, value in given.items() if value is not None}
    if arguments.output is None:
        _in_terminal(schedules, arguments.schedules, options)
    else:
        _to_file(schedules, arguments.schedules, options, arguments.output)
    return FINE


def _in_terminal(schedules: list[Schedule], names: list[str], options: dict[str, Any]) -> None:
    for schedule, name in zip(schedules, names, strict=True):
        if len(schedules) > 1:
            print(output.colour(printable(name), "bold"))
        print(drawn(schedule, **options))


def drawn(schedule: Schedule, **options: Any) -> str:
    """Return a curve as wide as the terminal, in the characters that standard output has."""
    from pywarmup.tools.sketch import sketch

    options.setdefault("width", max(24, min(shutil.get_terminal_size().columns - 1, WIDEST)))
    text = sketch(schedule, **options)
    return text if output.can_show(text) else sketch(schedule, ascii=True, **options)


def _to_file(schedules: list[Schedule], names: list[str], options: dict[str, Any], path: str) -> None:
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"plot: `--output` must end in {', '.join(SUFFIXES)}, got {path!r}")
    for name in ("width", "height"):
        if name in options:
            raise ValueError(f"plot: `--{name}` must be for the terminal; a picture has a fixed size")
    figure, axes = _figure()
    from pywarmup.tools.plot import plot

    plot(schedules, axes, labels=[_label(name) for name in names] if len(names) > 1 else None, **options)
    with output.opened(path) as file:
        figure.savefig(file, format=suffix[1:], dpi=150)


def _figure() -> tuple[Any, Any]:
    """A figure that no window knows of."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            f"plot: matplotlib cannot be imported ({error}); "
            'install it with `pip install "pywarmup-schedules[plot]"`, or leave `--output` out'
        ) from error
    figure = Figure(figsize=(8.0, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _label(name: str) -> str:
    """A name without the mathematics that matplotlib would make of dollar signs."""
    return (name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 3] + "...").replace("$", r"\$")
