"""The phases of a one-cycle schedule, as torch writes them, and those who took it over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pywarmup.compat._curves import between
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear

SHAPES: dict[str, Callable[..., Schedule]] = {"cos": Cosine, "linear": Linear}


def last_steps(owner: str, field: str, fraction: float, total: int, is_three_phase: bool) -> list[float]:
    """Return the last step of each phase, which need not be an integer.

    The first one must not be 0, where torch divides by 0. Rates are at a phase's end at its last step: one step early.
    """
    first = fraction * total - 1
    if first == 0:
        raise ValueError(f"{owner}: `{field}` must not be 1 / {total}, one step of the run, got {fraction!r}")
    return [first, 2 * fraction * total - 2, total - 1.0] if is_three_phase else [first, total - 1.0]


def phased(shape: str, ends: Sequence[float], values: Sequence[float]) -> Schedule:
    """Return curves from each value to the next, one for each phase, up to the last phase's end, which is held.

    A step belongs to the first phase whose end it does not exceed. Where the first phases end before step 0, the last
    one is in progress at step 0 already.
    """
    if ends[0] < 0:
        if not ends[-1]:
            return Constant(values[-1])
        return between(SHAPES[shape], values[-2], values[-1], steps=ends[-1] - ends[-2]).shift(-ends[-2])
    stages = []
    begin = 0.0
    for end, before, after in zip(ends, values[:-1], values[1:], strict=True):
        stop = min(end, ends[-1])
        if stop > begin:
            stage = between(SHAPES[shape], before, after, steps=end - begin)
            stages.append(stage if end == stop else stage.until(stop - begin))
        begin = stop
    return join(*stages)
