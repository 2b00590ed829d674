"""Draw docs/schedules.png: the recipes, each with its arguments. `python scripts/pictures.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

import pywarmup as pw
from pywarmup.tools.axis import value_label

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

PICTURE = Path(__file__).parent.parent / "docs" / "schedules.png"
COLUMNS = 3
LINE, INK, FAINT = "#0b5fc0", "#24292f", "#6e7781"
STYLE = {
    "axes.edgecolor": "#c9ced6",
    "axes.labelcolor": INK,
    "axes.prop_cycle": mpl.cycler(color=[LINE]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
RECIPES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("warmup_cosine", (3e-4,), {"warmup_steps": 2_000, "total_steps": 100_000, "end_value": 3e-5}),
    ("warmup_linear", (3e-4,), {"warmup_steps": 10_000, "total_steps": 100_000}),
    ("warmup_polynomial", (3e-4,), {"warmup_steps": 10_000, "total_steps": 100_000, "power": 3}),
    ("warmup_exponential", (0.1,), {"warmup_steps": 200, "total_steps": 1_000, "init_value": 1e-5, "end_value": 1e-4}),
    ("warmup_inverse_sqrt", (1e-3,), {"warmup_steps": 4_000, "total_steps": 100_000}),
    ("noam", (), {"d_model": 512, "warmup_steps": 4_000}),
    ("wsd", (1e-3,), {"warmup_steps": 5_000, "decay_steps": 20_000, "total_steps": 100_000, "decay": "1-sqrt"}),
    ("trapezoid", (0.4,), {"warmup_steps": 1_000, "decay_steps": 3_000, "total_steps": 10_000}),
    ("one_cycle", (0.1,), {"total_steps": 7_812}),
    ("cosine_restarts", (0.1,), {"cycle_steps": 1_000, "growth": 2, "warmup_steps": 500}),
    ("triangular2", (0.001, 0.1), {"up_steps": 2_000}),
    ("multi_step", (0.1,), {"milestones": (30, 60, 80)}),
]


def main() -> None:
    """Draw every recipe."""
    with plt.rc_context(STYLE):
        rows = -(-len(RECIPES) // COLUMNS)
        figure, axes = plt.subplots(rows, COLUMNS, figsize=(15, 3.1 * rows), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
        for ax, recipe in zip(axes.flat, RECIPES):
            draw(ax, *recipe)
        figure.savefig(PICTURE, dpi=100)


def draw(ax: Axes, name: str, values: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Draw one recipe below its name and arguments."""
    scale = "log" if name == "warmup_exponential" else "linear"
    getattr(pw, name)(*values, **options).plot(ax, scale=scale)
    ax.set(xlabel="", ylabel="")
    ax.set_title(f"pw.{name}", loc="left", fontweight="bold", fontsize=11, pad=20)
    written = [readable(value) for value in values] + [f"{key}={readable(value)}" for key, value in options.items()]
    ax.text(0.0, 1.035, ", ".join(written), transform=ax.transAxes, color=FAINT, fontsize=7.5, in_layout=False)


def readable(value: object) -> str:
    """Return the source of a value: 3e-4, and thousands apart."""
    if isinstance(value, float):
        return value_label(value)
    return f"{value:_}" if isinstance(value, int) else repr(value)


if __name__ == "__main__":
    main()
