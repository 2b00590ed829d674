"""The two pictures: all peers on a logarithmic scale, and how the cost grows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from report_tables import FLOORS, quantity, without_loop
from results import Result

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

OURS, OTHER, FLOOR, INK = "#0b5fc0", "#b4541a", "#8a8f98", "#24292f"
STYLE = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "axes.edgecolor": "#c9ced6",
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
PANELS = [
    ("One step in a Python loop", "one step", "warmup_cosine"),
    ("One element of an array of 100,000", "array", "warmup_cosine, 100,000"),
    ("Step of a trainer, 100 groups", "trainer step", "groups, 100"),
]


def draw_peers(found: Sequence[Result], path: Path) -> None:
    """Draw a dot for each peer, sorted, with its time beside it."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplot_mosaic([[0, 1], [0, 2]], figsize=(13, 8), height_ratios=(12, 8))
        for panel, (title, question, case) in enumerate(PANELS):
            axis = axes[panel]
            chosen = [r for r in without_loop(found) if (r.question, r.case) == (question, case)]
            draw_dots(axis, sorted(chosen, key=lambda result: -result.minimum))
            axis.set_title(title, loc="left", fontweight="bold", fontsize=12, pad=12)
        figure.text(0.01, 0.01, "warmup and cosine; logarithmic scale; minimum of many rounds", color=FLOOR, fontsize=9)
        figure.tight_layout(rect=(0, 0.03, 1, 1), w_pad=3)
        figure.savefig(path, dpi=130)
        plt.close(figure)


def draw_dots(axis: Any, chosen: Sequence[Result]) -> None:
    """Draw the dots of one panel, the quickest at the top."""
    least = min((result.minimum for result in chosen), default=1e-9) / 2
    for row, result in enumerate(chosen):
        color = color_of(result.peer)
        axis.plot([least, result.minimum], [row, row], color=color, linewidth=1, alpha=0.35)
        axis.plot(result.minimum, row, "o", color=color, markersize=7)
        axis.annotate(
            quantity(result.minimum, "s"),
            (result.minimum, row),
            (8, 0),
            textcoords="offset points",
            va="center",
            color=color,
        )
    axis.set_xscale("log")
    axis.set_xlim(least, max((result.minimum for result in chosen), default=1.0) * 8)
    axis.set_yticks(range(len(chosen)), [result.title for result in chosen])
    for label, result in zip(axis.get_yticklabels(), chosen, strict=True):
        label.set_color(color_of(result.peer))
        label.set_fontweight("bold" if result.peer.startswith("pywarmup") else "normal")
    tidy(axis, axis.xaxis)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)


def color_of(peer: str) -> str:
    """Return one colour for pywarmup, one for the floors and one for the others."""
    if peer.startswith("pywarmup"):
        return OURS
    return FLOOR if peer.startswith(FLOORS) else OTHER


def tidy(axis: Any, scale: Any) -> None:
    """Show powers of ten as times with units."""
    scale.set_major_locator(LogLocator(10, numticks=12))
    scale.set_major_formatter(FuncFormatter(lambda value, _: quantity(value * (1 + 1e-9), "s")))
    scale.set_minor_formatter(NullFormatter())
    axis.tick_params(which="minor", length=0)
    axis.grid(axis=scale.axis_name, color="#e6e9ee", linewidth=0.8)
    axis.set_axisbelow(True)


LINE_HEIGHT = 1.55  # of a label, as a factor on the logarithmic scale
Curve = tuple[str, str, str]  # question, peer, label
GROWTH: list[tuple[str, list[Curve]]] = [
    (
        "elements",
        [
            ("elements", "numpy_where", "NumPy where"),
            ("elements", "pywarmup_out", "pywarmup"),
            ("elements", "numpy_fill", "out.fill"),
        ],
    ),
    (
        "stages",
        [
            ("one step among stages", "pywarmup_lr", "s.lr(step)"),
            ("stages", "numpy_where", "NumPy searchsorted"),
            ("stages", "pywarmup_call", "s(steps), shuffled"),
            ("stages", "pywarmup_out", "s.array(n)"),
        ],
    ),
    ("factors in a product", [("depth", "numpy_where", "NumPy"), ("depth", "pywarmup_out", "pywarmup")]),
]


def draw_growth(found: Sequence[Result], path: Path) -> None:
    """Draw time per value against the size, in panels that share their scale."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, 3, figsize=(13, 4.8), sharey=True)
        for axis, (title, curves) in zip(axes, GROWTH, strict=True):
            axis.set_xscale("log", base=2 if title.startswith("factors") else 10)
            axis.set_yscale("log")
            axis.set_xlabel(title)
            tidy(axis, axis.yaxis)
            ends = [draw_curve(axis, curve, found) for curve in curves]
            write_labels(axis, sorted(end for end in ends if end))
        axes[-1].xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes[0].set_title("Time per value", loc="left", fontweight="bold", fontsize=12, pad=12)
        figure.tight_layout(w_pad=2)
        figure.savefig(path, dpi=130)
        plt.close(figure)


End = tuple[float, float, str, str]  # height, place, label, colour


def draw_curve(axis: Any, curve: Curve, found: Sequence[Result]) -> End | None:
    """Draw one line and return where it ends."""
    question, peer, label = curve
    points = [result for result in found if (result.question, result.peer) == (f"growth with {question}", peer)]
    ordered = sorted((int(result.case), result.minimum) for result in points)
    if not ordered:
        return None
    sizes, values = zip(*ordered, strict=True)
    axis.plot(sizes, values, "o-", color=color_of(peer), linewidth=1.8, markersize=4.5)
    return values[-1], sizes[-1], label, color_of(peer)


def write_labels(axis: Any, ends: Sequence[End]) -> None:
    """Write the names to the right of where the lines end, from below, each clear of the one before."""
    lowest = 0.0
    for height, size, label, color in ends:
        lowest = max(height, lowest * LINE_HEIGHT)
        axis.annotate(
            label, (size, lowest), (8, 0), textcoords="offset points", va="center", color=color, annotation_clip=False
        )
