"""What recipes share: their stages, and the checks of their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import (
    Constant,
    Cosine,
    Exponential,
    Linear,
    Logarithmic,
    OneMinusSqrt,
    Polynomial,
    ScaledExponential,
    SquareRoot,
)

Rule = _core.Rule
Warmup: TypeAlias = (
    Schedule
    | Literal["linear", "constant", "exponential", "cosine", "polynomial", "1-sqrt", "log", "saturating_exponential"]
)
Decay: TypeAlias = Literal[
    "linear", "cosine", "1-sqrt", "sqrt", "exponential", "scaled-exponential", "polynomial", "power"
]


def decay_stage(
    owner: str, field: str, style: str, start: float, end: float, steps: float, power: float = 2.0, ratio: float = 0.1
) -> Schedule:
    """Return the decay of that style from one value to another."""
    end = _core.check(owner, "end_value" if field == "decay" else "to", Rule.non_negative, end)
    power = _core.check(owner, "power", Rule.non_negative, power)
    ratio = _core.check(owner, "ratio", Rule.positive, ratio)
    styles: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: Linear(start, end, steps=steps),
        "cosine": lambda: Cosine(start, end, steps=steps),
        "1-sqrt": lambda: OneMinusSqrt(start, end, steps=steps),
        "sqrt": lambda: SquareRoot(start, end, steps=steps),
        "exponential": lambda: Exponential(start, end, steps=steps),
        "scaled-exponential": lambda: ScaledExponential(start, end, steps=steps, ratio=ratio),
        "polynomial": lambda: Polynomial(start, end, steps=steps, power=power),
        "power": lambda: Polynomial(end, start, steps=steps, power=power).reverse(),
    }
    return _styled(owner, field, style, styles)


def warmup_stage(owner: str, style: Warmup, start: float, peak: float, steps: float, power: float) -> Schedule:
    """Return the warmup of that style, or the schedule given in its place."""
    if isinstance(style, Schedule):
        return style if style.total_steps == steps else style.until(steps)
    styles: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: Linear(start, peak, steps=steps),
        "constant": lambda: Constant(start, steps=steps),
        "exponential": lambda: Exponential(start, peak, steps=steps),
        "cosine": lambda: Cosine(start, peak, steps=steps),
        "polynomial": lambda: Polynomial(peak, start, steps=steps, power=power).reverse(),
        "1-sqrt": lambda: OneMinusSqrt(peak, start, steps=steps).reverse(),
        "log": lambda: Logarithmic(start, peak, steps=steps),
    }
    return _styled(owner, "warmup", style, styles)


def _styled(owner: str, field: str, style: Any, styles: dict[str, Callable[[], Schedule]]) -> Schedule:
    if not isinstance(style, str) or style not in styles:
        known = ", ".join(repr(name) for name in styles)
        raise ValueError(f"{owner}: `{field}` must be one of {known}, got {style!r}")
    return styles[style]()


def lengths(owner: str, warmup_steps: float, total_steps: float) -> tuple[float, float]:
    """Return the lengths of the warmup and of what follows it."""
    warmup = _core.check(owner, "warmup_steps", Rule.delay, warmup_steps)
    total = _core.check(owner, "total_steps", Rule.length, total_steps)
    check_less(owner, "warmup_steps", warmup_steps, "total_steps", total)
    return warmup, total - warmup


def check_less(owner: str, field: str, given: float, limit_field: str, limit: float) -> None:
    """Refuse a number that is not less than another one."""
    if not given < limit:
        raise ValueError(f"{owner}: `{field}` must be less than `{limit_field}` ({limit!r}), got {given!r}")


def after_warmup(
    owner: str,
    peak_value: float,
    warmup: float,
    init_value: float,
    after: Schedule | Callable[[float], Schedule],
) -> Schedule:
    """Return a linear warmup, if it has any length, before a schedule made for the peak."""
    peak = _core.check(owner, "peak_value", Rule.non_negative, peak_value)
    start = _core.check(owner, "init_value", Rule.non_negative, init_value)
    rest = after if isinstance(after, Schedule) else after(peak)
    return join(Linear(start, peak, steps=warmup), rest) if warmup else rest
