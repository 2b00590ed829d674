"""fastai: `combined_cos`, of its one-cycle policy."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Cosine

__all__ = ["combined_cos"]

Rule = _core.Rule


def combined_cos(pct: float, start: float, middle: float, end: float) -> Schedule:
    """Return half a cosine wave from start to middle, and another one from there to end, over [0, 1].

    The step is the part of the run that is done, as in fastai; `.stretch(n)` makes it n updates. `fit_one_cycle(lr)`
    uses combined_cos(0.25, lr / 25, lr, lr / 1e5). Past 1 the wave goes on, back to middle. (fastai itself keeps the
    phase in float32.)

    Args:
        pct: Where the middle is, in [0, 1].
        start: Value at 0, >= 0.
        middle: Value at pct, >= 0.
        end: Value at 1, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import fastai
        >>> fastai.combined_cos(0.25, 0.5, 1.0, 0.0)([0.0, 0.1, 0.25, 0.5, 1.0]).round(5)
        array([0.5    , 0.67275, 1.     , 0.75   , 0.     ])

    Same as:
        `fastai.callback.schedule.combined_cos(pct, start, middle, end)`.
    """
    part = _core.check("combined_cos", "pct", Rule.non_negative, pct)
    if part > 1.0:
        raise ValueError(f"combined_cos: `pct` must be a number in [0, 1], got {pct!r}")
    first, peak, last = (
        _core.check("combined_cos", field, Rule.non_negative, value)
        for field, value in (("start", start), ("middle", middle), ("end", end))
    )
    stages = [Cosine(first, peak, steps=part)] if part > 0.0 else []
    if part == 1.0:
        return stages[0]
    return join(*stages, Cosine(peak, last, steps=1.0 - part).past_end("mirror"))
