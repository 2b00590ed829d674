"""The picture of a range test: loss over learning rate, its three regions and the suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pywarmup import counting
from pywarmup.tools import suggestion

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pywarmup.tools.range_result import RangeTest

COLORS = {"too_small": "#8a93a0", "falling": "#2e9e5b", "diverging": "#d1561f"}
NAMES = {"too_small": "too small", "falling": "falling", "diverging": "diverging"}
LINE = "#1f6fb4"


def draw(test: RangeTest, ax: Any, method: Any) -> Axes:
    """Draw a test, as `RangeTest.plot` says."""
    if method is not None:
        counting._choice("plot", "method", method, tuple(suggestion.METHODS))
    finite = np.isfinite(test.losses)
    if not finite.any():
        raise ValueError(f"plot: `test` must have a finite loss, got {test!r}")
    axes: Axes = new_axes() if ax is None else ax
    axes.set_xscale("log" if test.shape == "exponential" else "linear")
    axes.plot(test.lrs[finite], test.losses[finite], color=LINE, alpha=0.35, linewidth=1.0, label="loss")
    axes.plot(test.lrs[finite], test.smoothed[finite], color=LINE, linewidth=2.0, label="smoothed loss")
    axes.set(xlabel="learning rate", ylabel="loss", ylim=limits(test))
    draw_regions(axes, test)
    if method is not None:
        draw_suggestion(axes, test, method)
    axes.legend(frameon=False, loc="best")
    return axes


def new_axes() -> Axes:
    """Return the axes of a new figure, which notebooks show by themselves."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f'plot: matplotlib cannot be imported ({error}); install it with `pip install "pywarmup-schedules[plot]"`'
        ) from error
    return plt.subplots(layout="constrained")[1]


def limits(test: RangeTest) -> tuple[float, float]:
    """Return the losses to show: all of the fall, but the explosion at the end would leave nothing of it."""
    losses, smoothed = (values[np.isfinite(values)] for values in (test.losses, test.smoothed))
    low, high = float(losses.min()), float(smoothed[: max(1, len(smoothed) // 2)].max())
    room = 0.1 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + 2 * room


def draw_regions(axes: Axes, test: RangeTest) -> None:
    """Shade and name the regions, if the loss falls at all."""
    try:
        regions = test.regions()
    except ValueError:
        return
    for name, color in COLORS.items():
        span = getattr(regions, name)
        if span is not None and span[0] < span[1]:
            axes.axvspan(*span, color=color, alpha=0.15, linewidth=0, label=NAMES[name])


def draw_suggestion(axes: Axes, test: RangeTest, method: Any) -> None:
    """Mark the suggested rate on the smoothed curve, if there is one."""
    try:
        lr = test.suggest(method)
    except ValueError:
        return
    loss = float(np.interp(lr, test.lrs, test.smoothed))
    axes.plot([lr], [loss], "o", color="black", markersize=7, label=f"{method}: {lr:.2g}")
