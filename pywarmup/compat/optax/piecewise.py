"""optax's schedules that change at boundaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from operator import mul

from pywarmup import _core
from pywarmup.compat._checks import finite
from pywarmup.compat._curves import between
from pywarmup.compat._stages import from_step
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear, PiecewiseConstant

Rule = _core.Rule
SHAPES: dict[str, Callable[..., Schedule]] = {"linear": Linear, "cosine": Cosine}


def piecewise_constant_schedule(
    init_value: float, boundaries_and_scales: Mapping[int, float] | None = None
) -> Schedule:
    """Return a value that is multiplied by a scale at each boundary.

    The scales are factors of the value before, not of init_value, and count from the boundary itself on; boundaries
    <= 0 from the start.

    Args:
        init_value: Value before the first boundary, any finite number.
        boundaries_and_scales: Scales >= 0 by boundary, in any order; None is none. A boundary may be the text of a
            number, as JSON makes it.

    Raises:
        TypeError: For what is no number, or no mapping.
        ValueError: For a number outside its range.

    Example:
        >>> s = piecewise_constant_schedule(0.5, {30: 0.5, 60: 0.1})
        >>> s(29), s(30), s(60)
        (0.5, 0.25, 0.025)

    Same as:
        `optax.piecewise_constant_schedule(...)` with the same arguments.
    """
    owner = "piecewise_constant_schedule"
    (start,) = finite(owner, init_value=init_value)
    scales = _scales(owner, boundaries_and_scales)
    values = list(accumulate([scale for _, scale in scales], mul, initial=start))
    past = sum(boundary <= 0.0 for boundary, _ in scales)
    milestones = [boundary for boundary, _ in scales[past:]]
    return PiecewiseConstant(values[past:], milestones=milestones) if milestones else Constant(values[-1])


def piecewise_interpolate_schedule(
    interpolate_type: str, init_value: float, boundaries_and_scales: Mapping[int, float] | None = None
) -> Schedule:
    """Return lines or half cosine waves through the values that a scale at each boundary makes.

    The scales are factors of the value before. A piece that begins before step 0 is cut there. A piece shorter than 1
    step, which takes boundaries that are no integers, does not reach its value before the next one begins, in optax
    and here.

    Args:
        interpolate_type: "linear" or "cosine".
        init_value: Value at step 0, any finite number.
        boundaries_and_scales: Scales >= 0 by boundary, in any order; None is none. A boundary may be the text of a
            number, as JSON makes it.

    Raises:
        TypeError: For what is no number, or no mapping.
        ValueError: For a number outside its range, or another type.

    Example:
        >>> s = piecewise_interpolate_schedule("linear", 1.0, {10: 0.5, 20: 0.1})
        >>> s(0), s(5), s(10), s(20), s(21)
        (1.0, 0.75, 0.5, 0.05, 0.05)

    Same as:
        `optax.piecewise_interpolate_schedule(...)` with the same arguments.
    """
    owner = "piecewise_interpolate_schedule"
    if not isinstance(interpolate_type, str) or interpolate_type not in SHAPES:
        raise ValueError(f"{owner}: `interpolate_type` must be 'linear' or 'cosine', got {interpolate_type!r}")
    (start,) = finite(owner, init_value=init_value)
    return _interpolated(SHAPES[interpolate_type], start, _scales(owner, boundaries_and_scales))


def linear_onecycle_schedule(
    transition_steps: float,
    peak_value: float,
    pct_start: float = 0.3,
    pct_final: float = 0.85,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Schedule:
    """Return one cycle of three lines: up to the peak, back down, and to far below where it began.

    The peak is at step int(pct_start * transition_steps), the first value comes again at int(pct_final *
    transition_steps), and the last one is peak_value / (div_factor * final_div_factor), not peak_value /
    final_div_factor as optax's documentation has it. Where two of the three steps are the same one, the later scale
    takes the place of the earlier.

    Args:
        transition_steps: Length of the cycle, > 0.
        peak_value: Value of the top, any finite number.
        pct_start: Fraction of the run in which it rises.
        pct_final: Fraction of the run after which it is back.
        div_factor: Ratio of the peak to the first value, > 0.
        final_div_factor: Ratio of the first value to the last, > 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = linear_onecycle_schedule(100, 1.0)
        >>> s(0), s(30), s(85), round(s(100), 12)
        (0.04, 1.0, 0.04, 4e-06)

    Same as:
        `optax.linear_onecycle_schedule(...)` with the same arguments.
    """
    owner = "linear_onecycle_schedule"
    steps, peak, rise = _checked(owner, transition_steps, peak_value, pct_start)
    back = int(_core.check(owner, "pct_final", Rule.finite, pct_final) * steps)
    first, last = _factors(owner, div_factor, final_div_factor)
    scales = {rise: first, back: 1.0 / first, steps: 1.0 / last}
    return _interpolated(Linear, peak / first, sorted(scales.items()))


def cosine_onecycle_schedule(
    transition_steps: float,
    peak_value: float,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Schedule:
    """Return one cycle of two half cosine waves: up to the peak, and down to far below where it began.

    The peak is at step int(pct_start * transition_steps), one later than in torch's OneCycleLR.

    Args:
        transition_steps: Length of the cycle, > 0.
        peak_value: Value of the top, any finite number.
        pct_start: Fraction of the run in which it rises.
        div_factor: Ratio of the peak to the first value, > 0.
        final_div_factor: Ratio of the first value to the last, > 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = cosine_onecycle_schedule(100, 1.0)
        >>> s(0), s(30), s(100)
        (0.04, 1.0, 4e-06)

    Same as:
        `optax.cosine_onecycle_schedule(...)` with the same arguments.
    """
    owner = "cosine_onecycle_schedule"
    steps, peak, rise = _checked(owner, transition_steps, peak_value, pct_start)
    first, last = _factors(owner, div_factor, final_div_factor)
    scales = {rise: first, int(steps): 1.0 / (first * last)}
    return _interpolated(Cosine, peak / first, sorted(scales.items()))


def _checked(owner: str, transition_steps: float, peak_value: float, pct_start: float) -> tuple[float, float, int]:
    """Return the length, the peak, and the step at which it is."""
    steps = _core.check(owner, "transition_steps", Rule.length, transition_steps)
    peak, fraction = finite(owner, peak_value=peak_value, pct_start=pct_start)
    return steps, peak, int(fraction * steps)


def _factors(owner: str, div_factor: float, final_div_factor: float) -> tuple[float, float]:
    return (
        _core.check(owner, "div_factor", Rule.positive, div_factor),
        _core.check(owner, "final_div_factor", Rule.positive, final_div_factor),
    )


def _scales(owner: str, given: Mapping[int, float] | None) -> list[tuple[float, float]]:
    """Return (boundary, scale) in order."""
    name = "boundaries_and_scales"
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"{owner}: `{name}` must be None or a mapping of boundaries to scales, got {given!r}")
    return sorted(
        (
            _core.check(owner, f"{name} (a boundary)", Rule.finite, _as_number(boundary)),
            _core.check(owner, f"{name}[{boundary!r}]", Rule.non_negative, scale),
        )
        for boundary, scale in (given or {}).items()
    )


def _as_number(boundary: object) -> object:
    """Return a boundary as the number that it was before JSON, whose keys are texts, if it was one."""
    try:
        return float(boundary) if isinstance(boundary, str) else boundary
    except ValueError:
        return boundary


def _interpolated(shape: Callable[..., Schedule], start: float, scales: list[tuple[float, float]]) -> Schedule:
    bounds = [0.0, *(boundary for boundary, _ in scales)]
    values = list(accumulate([scale for _, scale in scales], mul, initial=start))
    pieces = zip(bounds, bounds[1:], values, values[1:], strict=False)
    stages = [_piece(shape, *piece) for piece in pieces if piece[1] > max(piece[0], 0.0)]
    is_complete = bool(stages) and bounds[-1] - bounds[-2] >= 1.0
    return join(*stages) if is_complete else join(*stages, Constant(values[-1]))


def _piece(shape: Callable[..., Schedule], low: float, high: float, first: float, second: float) -> Schedule:
    """Return what lies after step 0 of the curve from `low` to `high`, for which optax allows at least 1 step."""
    begin = max(low, 0.0)
    curve = from_step(between(shape, first, second, steps=max(high - low, 1.0)), begin - low)
    return curve if high - low >= 1.0 else curve.until(high - begin)
