"""Paddle's schedulers that come again: cosines, one cycle, and triangles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat._curves import between
from pywarmup.compat._phases import last_steps, phased
from pywarmup.compat.paddle.arguments import check_common, powers, table_length, whole
from pywarmup.schedule import Schedule
from pywarmup.shapes import Cosine, PiecewiseLinear, Table

Rule = _core.Rule


def CosineAnnealingDecay(  # noqa: N802
    learning_rate: float,
    T_max: int,  # noqa: N803
    eta_min: float = 0,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's CosineAnnealingDecay: half a cosine down to `eta_min` at `T_max`, and up again after it.

    Args:
        learning_rate: The rate at step 0, >= 0.
        T_max: Steps down, an integer > 0.
        eta_min: The lowest rate.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number, or no integer.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.CosineAnnealingDecay(0.1, 4)[:7].round(4)
        array([0.1   , 0.0854, 0.05  , 0.0146, 0.    , 0.0146, 0.05  ])

    Same as:
        `paddle.optimizer.lr.CosineAnnealingDecay(learning_rate, T_max, eta_min)`.
    """
    owner = "CosineAnnealingDecay"
    check_common(owner, last_epoch, verbose)
    base, low = _checks.rate(owner, learning_rate, "learning_rate"), _checks.number(owner, "eta_min", eta_min)
    return between(Cosine, base, low, steps=whole(owner, "T_max", T_max)).past_end("mirror")


def CosineAnnealingWarmRestarts(  # noqa: N802
    learning_rate: float,
    T_0: int,  # noqa: N803
    T_mult: int = 1,  # noqa: N803
    eta_min: float = 0,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's CosineAnnealingWarmRestarts: half a cosine, again and again, each `T_mult` times as long.

    `eta_min` is never reached: the next cosine begins at that step. These are the rates of `step()`; `step(epoch)`,
    also as `LinearWarmup` calls it, counts cycles by a logarithm and is one late at some restarts (T_0 10, T_mult 3,
    step 1210).

    Args:
        learning_rate: The rate at each begin, >= 0.
        T_0: Length of the first one, an integer > 0.
        T_mult: An integer > 0.
        eta_min: The lowest rate.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.CosineAnnealingWarmRestarts(0.1, 2, 2)[:7].round(4)
        array([0.1   , 0.05  , 0.1   , 0.0854, 0.05  , 0.0146, 0.1   ])

    Same as:
        `paddle.optimizer.lr.CosineAnnealingWarmRestarts(learning_rate, T_0, T_mult, eta_min)`.
    """
    owner = "CosineAnnealingWarmRestarts"
    check_common(owner, last_epoch, verbose)
    base, low = _checks.rate(owner, learning_rate, "learning_rate"), _checks.number(owner, "eta_min", eta_min)
    growth = whole(owner, "T_mult", T_mult)
    return between(Cosine, base, low, steps=whole(owner, "T_0", T_0)).repeat(growth=growth)


def OneCycleLR(  # noqa: N802
    max_learning_rate: float,
    total_steps: int,
    divide_factor: float = 25.0,
    end_learning_rate: float = 0.0001,
    phase_pct: float = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    three_phase: bool = False,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's OneCycleLR: up to the top, and down to `end_learning_rate`.

    The top is at step phase_pct * total_steps - 1 and the end at total_steps - 1, both one step early. Paddle accepts
    one step more, where the cosine rises and the line goes below its end, and raises an error after that; this holds
    the end. Unlike torch's, the end is a rate, not a part of the first one.

    Args:
        max_learning_rate: The top, >= 0.
        total_steps: An integer > 0.
        divide_factor: Ratio of the top to the first rate, > 0.
        end_learning_rate: The last rate, >= 0.
        phase_pct: The fraction of the run in which it rises, a float in [0, 1].
        anneal_strategy: "cos" or "linear".
        three_phase: Whether it comes back to the first rate, as fast as it rose; for a `phase_pct` < 1/2.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range, or phase_pct * total_steps = 1, where Paddle divides by 0.
        TypeError: For what is no number, or a `phase_pct` that is no float.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.OneCycleLR(1.0, 5, 2.0, 0.5, 0.6, "linear")[:6]
        array([0.5 , 0.75, 1.  , 0.75, 0.5 , 0.5 ])

    Same as:
        `paddle.optimizer.lr.OneCycleLR(max_learning_rate, total_steps, divide_factor, end_learning_rate, ...)`.
    """
    owner = "OneCycleLR"
    check_common(owner, last_epoch, verbose)
    _checks.flags(owner, three_phase=three_phase)
    if not isinstance(phase_pct, float):
        raise TypeError(f"{owner}: `phase_pct` must be a float from 0 to 1, got {phase_pct!r}")
    fraction = _checks.within(owner, "phase_pct", phase_pct, 0.0, 1.0)
    if three_phase and fraction >= 0.5:
        raise ValueError(f"{owner}: `phase_pct` must be less than 0.5 with `three_phase`, got {phase_pct!r}")
    ends = last_steps(owner, "phase_pct", fraction, whole(owner, "total_steps", total_steps), three_phase)
    top = _checks.rate(owner, max_learning_rate, "max_learning_rate")
    start = top / _core.check(owner, "divide_factor", Rule.positive, divide_factor)
    last = _checks.rate(owner, end_learning_rate, "end_learning_rate")
    shape = _checks.choice(owner, "anneal_strategy", anneal_strategy, ("cos", "linear"))
    return phased(shape, ends, [start, top, start, last] if three_phase else [start, top, last])


def CyclicLR(  # noqa: N802
    base_learning_rate: float,
    max_learning_rate: float,
    step_size_up: int,
    step_size_down: int | None = None,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    exp_gamma: float = 1.0,
    scale_fn: Callable[[float], float] | None = None,
    scale_mode: Literal["cycle", "iterations"] = "cycle",
    last_epoch: int = -1,
    verbose: bool = False,
    *,
    total_steps: int | None = None,
) -> Schedule:
    """Return Paddle's CyclicLR: up from `base_learning_rate` and back, again and again, at a height that changes.

    The height is max_learning_rate - base_learning_rate, halved in each cycle with mode "triangular2", times
    exp_gamma**t (at each step, not in each cycle) with "exp_range", or times `scale_fn` of the number of the cycle,
    from 1.0, or of the step.

    Args:
        base_learning_rate: The rate at a cycle's begin, >= 0.
        max_learning_rate: The first peak, >= 0.
        step_size_up: Steps up, an integer > 0.
        step_size_down: Steps down; as many as up unless it is given.
        mode: As above; not looked at where there is a `scale_fn`.
        exp_gamma: A float.
        scale_fn: Any function; it becomes a table of its values.
        scale_mode: "cycle" or "iterations": what it is a function of.
        last_epoch: -1.
        verbose: Not used.
        total_steps: Length of the run, needed for that table alone; the last height is held.

    Raises:
        ValueError: For a number outside its range, an unknown mode, or a `scale_fn` without `total_steps`.
        TypeError: For what is no number, or no integer.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.CyclicLR(0.1, 0.5, 2, mode="triangular2")[:8]
        array([0.1, 0.3, 0.5, 0.3, 0.1, 0.2, 0.3, 0.2])

    Same as:
        `paddle.optimizer.lr.CyclicLR(base_learning_rate, max_learning_rate, step_size_up, ...)`.
    """
    owner = "CyclicLR"
    check_common(owner, last_epoch, verbose)
    base = _checks.rate(owner, base_learning_rate, "base_learning_rate")
    height = _checks.rate(owner, max_learning_rate, "max_learning_rate") - base
    up = whole(owner, "step_size_up", step_size_up)
    down = up if step_size_down is None else whole(owner, "step_size_down", step_size_down)
    triangle = PiecewiseLinear([(0, 0.0), (up, height), (up + down, 0.0)])
    if not isinstance(exp_gamma, float):
        raise TypeError(f"{owner}: `exp_gamma` must be a float, got {exp_gamma!r}")
    gamma = _checks.number(owner, "exp_gamma", exp_gamma)
    unit = up + down if _checks.choice(owner, "scale_mode", scale_mode, ("cycle", "iterations")) == "cycle" else 1
    if scale_fn is not None:
        return triangle.repeat() * _heights(scale_fn, unit, total_steps) + base
    _checks.choice(owner, "mode", mode, ("triangular", "triangular2", "exp_range"))
    if mode == "exp_range":
        return triangle.repeat() * powers(gamma, 1) + base
    return triangle.repeat(decay=0.5 if mode == "triangular2" else 1.0) + base


def _heights(scale_fn: object, unit: int, total_steps: object) -> Schedule:
    if not callable(scale_fn):
        raise TypeError(f"CyclicLR: `scale_fn` must be a function, got {scale_fn!r}")
    steps = table_length("CyclicLR", "scale_fn", total_steps)
    if unit == 1:
        return Table([scale_fn(step) for step in range(steps)])
    cycles = range(-(-steps // unit))
    return Table([scale_fn(1.0 + cycle) for cycle in cycles]).stretch(unit)
