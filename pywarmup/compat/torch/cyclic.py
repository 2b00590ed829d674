"""torch's CyclicLR, and the momentum that it moves the other way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from pywarmup import _core
from pywarmup.compat.torch import checks
from pywarmup.compat.torch.rules import Writing, made
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import ExponentialDecay, Linear, Table

Mode: TypeAlias = Literal["triangular", "triangular2", "exp_range"]
ScaleMode: TypeAlias = Literal["cycle", "iterations"]


def CyclicLR(  # noqa: N802
    base_lr: float,
    max_lr: float,
    step_size_up: float = 2000,
    step_size_down: float | None = None,
    mode: Mode = "triangular",
    gamma: float = 1.0,
    scale_fn: Callable[[float], float] | None = None,
    scale_mode: ScaleMode = "cycle",
    cycle_momentum: bool = True,
    base_momentum: float = 0.8,
    max_momentum: float = 0.9,
    *,
    total_steps: int | None = None,
) -> Schedule:
    """Return torch's CyclicLR: the rate goes up and down between two rates, without end.

    The optimizer's own rate is not used. "triangular2" halves the height with every cycle; "exp_range" multiplies it by
    `gamma` with every *step*. A `scale_fn` of your own is called with the number of the cycle, from 1, or with the
    step, and overrules `mode`. The momentum is a schedule of its own: `CyclicMomentum`.

    Args:
        base_lr: The rate at the ends of a cycle.
        max_lr: The rate at its top, which may be less.
        step_size_up: Steps from one to the other, > 0.
        step_size_down: Steps back, >= 0; None is as many.
        mode: "triangular", "triangular2" or "exp_range".
        gamma: The factor of a step, for "exp_range".
        scale_fn: A function to multiply the height by.
        scale_mode: What it is called with, "cycle" or "iterations".
        cycle_momentum: Taken so that calls need not change, as the next two.
        base_momentum: See `CyclicMomentum`.
        max_momentum: See `CyclicMomentum`.
        total_steps: For a `scale_fn`: its values are asked once, for that many steps, and the last one is kept.

    Raises:
        TypeError: For what is no number, also for lists of rates: make a schedule for each parameter group.
        ValueError: For a number outside its range, another mode, or a `scale_fn` without `total_steps`.

    Example:
        >>> CyclicLR(0.0, 1.0, 2, mode="triangular2")[:8]
        array([0.  , 0.5 , 1.  , 0.5 , 0.  , 0.25, 0.5 , 0.25])

    Same as:
        torch `CyclicLR(optimizer, base_lr, max_lr, step_size_up, ...)`.
    """
    owner = "CyclicLR"
    low = checks.number(owner, "base_lr", base_lr)
    _core.check(owner, "cycle_momentum", _core.Rule.flag, cycle_momentum)
    up, down = lengths(owner, step_size_up, step_size_down)
    height = _height(owner, mode, gamma, scale_fn, scale_mode, up + down, total_steps)
    return made(cycles(owner, low, checks.number(owner, "max_lr", max_lr), up, down, height))


def CyclicMomentum(  # noqa: N802
    step_size_up: float = 2000,
    step_size_down: float | None = None,
    mode: Mode = "triangular",
    gamma: float = 1.0,
    scale_fn: Callable[[float], float] | None = None,
    scale_mode: ScaleMode = "cycle",
    base_momentum: float = 0.8,
    max_momentum: float = 0.9,
    *,
    total_steps: int | None = None,
) -> Schedule:
    """Return the momentum (or the first beta) that torch's CyclicLR writes: down where the rate goes up.

    Args:
        step_size_up: Steps from `max_momentum` to `base_momentum`, > 0.
        step_size_down: Steps back, >= 0; None is as many.
        mode: As in `CyclicLR`, like the next three.
        gamma: The factor of a step, for "exp_range".
        scale_fn: A function to multiply the height by.
        scale_mode: What it is called with, "cycle" or "iterations".
        base_momentum: The momentum where the rate is at its top.
        max_momentum: The momentum where it is at its base.
        total_steps: For a `scale_fn`, as in `CyclicLR`.

    Raises:
        TypeError: For what is no number.
        ValueError: As `CyclicLR`.

    Example:
        >>> CyclicMomentum(2, base_momentum=0.5, max_momentum=1.0)[:5]
        array([1.  , 0.75, 0.5 , 0.75, 1.  ])

    Same as:
        What torch `CyclicLR(..., cycle_momentum=True)` writes into `momentum` or `betas[0]`.
    """
    owner = "CyclicMomentum"
    high = checks.number(owner, "max_momentum", max_momentum)
    up, down = lengths(owner, step_size_up, step_size_down)
    height = _height(owner, mode, gamma, scale_fn, scale_mode, up + down, total_steps)
    return cycles(owner, high, checks.number(owner, "base_momentum", base_momentum), up, down, height).schedule()


def lengths(owner: str, step_size_up: object, step_size_down: object) -> tuple[float, float]:
    """Return the lengths of the two halves."""
    up = float(_core.check(owner, "step_size_up", _core.Rule.length, step_size_up))
    if step_size_down is None:
        return up, up
    return up, float(_core.check(owner, "step_size_down", _core.Rule.delay, step_size_down))


Height: TypeAlias = Callable[[Schedule], Schedule]  # of endless triangles, made of one


def cycles(owner: str, low: float, high: float, up: float, down: float, height: Height) -> Writing:
    """Return the rule of CyclicLR."""

    def build(base: float) -> Schedule:
        size = abs(high - base)
        rise = Linear(0.0, size, steps=up)
        waves = height(join(rise, Linear(size, 0.0, steps=down)) if down else rise)
        signed = waves if high >= base else -waves
        return signed + base if base else signed

    return Writing(owner, low, build, has_own_rates=True)


def _height(
    owner: str,
    mode: str,
    gamma: object,
    scale_fn: object,
    scale_mode: str,
    cycle: float,
    total_steps: object,
) -> Height:
    if scale_fn is None:
        modes = ("triangular", "triangular2", "exp_range")
        return height(checks.choice(owner, "mode", mode, modes), checks.number(owner, "gamma", gamma))
    function = checks.function(owner, "scale_fn", scale_fn)
    steps = checks.table_length(owner, "scale_fn", total_steps)
    return height_by(owner, function, scale_mode, cycle, steps)


def height(mode: str, gamma: float) -> Height:
    """Return what the modes do to the triangles."""
    if mode == "triangular":
        return Schedule.repeat
    if mode == "triangular2":
        return lambda triangle: triangle.repeat(decay=0.5)
    decay: Schedule = ExponentialDecay(1.0, decay_rate=abs(gamma), every=1)
    factor = checks.alternating(decay, 1) if gamma < 0 else decay
    return lambda triangle: triangle.repeat() * factor


def height_by(owner: str, function: Callable[[Any], Any], scale_mode: str, cycle: float, steps: int) -> Height:
    """Return what a function of the cycle or of the step does to the triangles."""
    by_cycle = scale_mode == "cycle"
    asked = range(1, math.floor(1 + (steps - 1) / cycle) + 1) if by_cycle else range(steps)
    values = Table([checks.number(owner, f"scale_fn({one})", function(one)) for one in asked])
    return lambda triangle: triangle.repeat() * (values.stretch(cycle) if by_cycle else values)
