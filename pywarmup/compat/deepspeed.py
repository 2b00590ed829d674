"""DeepSpeed's schedulers (`deepspeed/runtime/lr_schedules.py`).

The step here is DeepSpeed's `last_batch_iteration`, what one passes to its `step(...)`. That is one less than the
number of updates made: the constructor sets the rate of the first update, and the `step()` after it asks for
iteration 0. `by_update` makes of a schedule that counts iterations one that counts updates, as the rest of pywarmup.
"""

from __future__ import annotations

from typing import Literal

from pywarmup import _core
from pywarmup.compat._stages import after
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, InverseTime, Linear, Logarithmic, PiecewiseConstant, PowerLaw

__all__ = ["LRRangeTest", "OneCycle", "OneCycleMomentum", "WarmupCosineLR", "WarmupDecayLR", "WarmupLR", "by_update"]

Rule = _core.Rule
WarmupType = Literal["log", "linear"]


def by_update(schedule: Schedule, *, first: float | None = None) -> Schedule:
    """Return the rate of each update, from the rate of each `last_batch_iteration`: one update later.

    Args:
        schedule: What a function of this module returned.
        first: The rate of the first update. DeepSpeed's warmups begin with `schedule(0)`, which the second update has
            again (the default here); `LRRangeTest` and `OneCycle` begin with their lowest rate.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> s = deepspeed.WarmupLR(warmup_max_lr=0.1, warmup_num_steps=10, warmup_type="linear")
        >>> deepspeed.by_update(s)[:4]
        array([0.  , 0.  , 0.01, 0.02])
    """
    value = schedule(0) if first is None else _core.check("by_update", "first", Rule.non_negative, first)
    return join(Constant(value, steps=1), schedule)


def LRRangeTest(  # noqa: N802
    lr_range_test_min_lr: float = 1e-3,
    lr_range_test_step_size: int = 2000,
    lr_range_test_step_rate: float = 1.0,
    lr_range_test_staircase: bool = False,
    *,
    base_lr: float | None = None,
) -> Schedule:
    """Return the ramp of DeepSpeed's range test: min_lr * (1 + step_rate * (t + 1) / step_size), for ever.

    Args:
        lr_range_test_min_lr: Where it begins, >= 0.
        lr_range_test_step_size: Iterations for each increase by `min_lr * step_rate`, > 0.
        lr_range_test_step_rate: That rate, >= 0.
        lr_range_test_staircase: Whether it rises only after whole intervals.
        base_lr: Not used, as in DeepSpeed.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> deepspeed.LRRangeTest(1e-5, 10, 5.0)[:3]
        array([1.5e-05, 2.0e-05, 2.5e-05])
    """
    low = _core.check("LRRangeTest", "lr_range_test_min_lr", Rule.non_negative, lr_range_test_min_lr)
    size = _core.check("LRRangeTest", "lr_range_test_step_size", Rule.length, lr_range_test_step_size)
    rate = _core.check("LRRangeTest", "lr_range_test_step_rate", Rule.non_negative, lr_range_test_step_rate)
    if rate == 0:
        return Constant(low)
    ramp = PowerLaw(low, power=1, timescale=size / rate, offset=size / rate)
    in_stairs = _core.check("LRRangeTest", "lr_range_test_staircase", Rule.flag, lr_range_test_staircase)
    return (ramp.stairs(size) if in_stairs else ramp).shift(1)


def OneCycle(  # noqa: N802
    cycle_min_lr: float,
    cycle_max_lr: float,
    decay_lr_rate: float = 0.0,
    cycle_first_step_size: float = 2000,
    cycle_second_step_size: float | None = None,
    cycle_first_stair_count: int = 0,
    cycle_second_stair_count: int | None = None,
    decay_step_size: float = 0,
    cycle_momentum: bool = True,
    cycle_min_mom: float = 0.8,
    cycle_max_mom: float = 0.9,
    decay_mom_rate: float = 0.0,
    *,
    base_lr: float | None = None,
) -> Schedule:
    """Return DeepSpeed's one cycle: up, down, then min / (1 + decay_lr_rate * k / decay_step_size) for ever.

    The peak is at iteration `cycle_first_step_size - 1`. Without a `decay_step_size` or a `decay_lr_rate` the lowest
    rate is held. `OneCycleMomentum` has the momentum, from the same arguments.

    Args:
        cycle_min_lr: Lowest rate, >= 0.
        cycle_max_lr: Peak, >= 0.
        decay_lr_rate: Of the decay after the cycle, >= 0.
        cycle_first_step_size: Length of the rise, > 0.
        cycle_second_step_size: Length of the fall, >= 0; that of the rise unless it is given.
        cycle_first_stair_count: Stairs of the rise; 0 for a straight line.
        cycle_second_stair_count: Stairs of the fall; those of the rise unless it is given.
        decay_step_size: Unit of the decay, >= 0; 0 for none.
        cycle_momentum: As in `OneCycleMomentum`, like all that follow; not used.
        cycle_min_mom: Likewise.
        cycle_max_mom: Likewise.
        decay_mom_rate: Likewise.
        base_lr: Not used, as in DeepSpeed.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> deepspeed.OneCycle(0.01, 0.1, cycle_first_step_size=10)([0, 9, 19, 30])
        array([0.019, 0.1  , 0.01 , 0.01 ])
    """
    low = _core.check("OneCycle", "cycle_min_lr", Rule.non_negative, cycle_min_lr)
    high = _core.check("OneCycle", "cycle_max_lr", Rule.non_negative, cycle_max_lr)
    rate = _core.check("OneCycle", "decay_lr_rate", Rule.non_negative, decay_lr_rate)
    unit = _core.check("OneCycle", "decay_step_size", Rule.delay, decay_step_size)
    cycle = _cycle(
        "OneCycle",
        low,
        high,
        cycle_first_step_size,
        cycle_second_step_size,
        cycle_first_stair_count,
        cycle_second_stair_count,
    )
    after = InverseTime(low, decay_rate=rate, every=unit).shift(1) if unit and rate else Constant(low)
    return join(cycle, after)


def OneCycleMomentum(  # noqa: N802
    cycle_min_lr: float,
    cycle_max_lr: float,
    decay_lr_rate: float = 0.0,
    cycle_first_step_size: float = 2000,
    cycle_second_step_size: float | None = None,
    cycle_first_stair_count: int = 0,
    cycle_second_stair_count: int | None = None,
    decay_step_size: float = 0,
    cycle_momentum: bool = True,
    cycle_min_mom: float = 0.8,
    cycle_max_mom: float = 0.9,
    decay_mom_rate: float = 0.0,
) -> Schedule:
    """Return the first beta that DeepSpeed's one cycle sets: down, up, then max * (1 + decay_mom_rate * k / size).

    DeepSpeed sets the second beta to 0.99. The arguments are those of `OneCycle`.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> deepspeed.OneCycleMomentum(0.01, 0.1, cycle_first_step_size=10)([0, 9, 19])
        array([0.89, 0.8 , 0.9 ])
    """
    low = _core.check("OneCycleMomentum", "cycle_min_mom", Rule.non_negative, cycle_min_mom)
    high = _core.check("OneCycleMomentum", "cycle_max_mom", Rule.non_negative, cycle_max_mom)
    rate = _core.check("OneCycleMomentum", "decay_mom_rate", Rule.non_negative, decay_mom_rate)
    unit = _core.check("OneCycleMomentum", "decay_step_size", Rule.delay, decay_step_size)
    cycle = _cycle(
        "OneCycleMomentum",
        high,
        low,
        cycle_first_step_size,
        cycle_second_step_size,
        cycle_first_stair_count,
        cycle_second_stair_count,
    )
    if not (unit and rate):
        return join(cycle, Constant(high))
    return join(cycle, PowerLaw(high, power=1, timescale=unit / rate, offset=unit / rate + 1))


def WarmupLR(  # noqa: N802
    warmup_min_lr: float = 0.0,
    warmup_max_lr: float | None = None,
    warmup_num_steps: int = 1000,
    warmup_type: WarmupType = "log",
    *,
    base_lr: float | None = None,
) -> Schedule:
    """Return a warmup that is then held; logarithmic unless it is asked to be linear.

    The logarithmic one, log(t + 1) / log(W), is at its peak at iteration W - 1, the linear one, t / W, at W. A warmup
    of 1 step counts as 2, and an unknown `warmup_type` as "log", as in DeepSpeed, which warns.

    Args:
        warmup_min_lr: Where it begins, >= 0.
        warmup_max_lr: Where it ends, >= 0; `base_lr` unless it is given.
        warmup_num_steps: Its length W, an integer > 0.
        warmup_type: "log" or "linear".
        base_lr: The rate of the optimizer.

    Raises:
        ValueError: For a number outside its range, or without a peak.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> deepspeed.WarmupLR(warmup_max_lr=0.1, warmup_num_steps=10)([0, 1, 9, 50])
        array([0.      , 0.030103, 0.1     , 0.1     ])
    """
    if warmup_max_lr is None and base_lr is None:
        raise ValueError("WarmupLR: `warmup_max_lr` must be given, or `base_lr` in its place, got None")
    peak = base_lr if warmup_max_lr is None else warmup_max_lr
    return _warmup("WarmupLR", warmup_min_lr, peak, warmup_num_steps, warmup_type)


def WarmupDecayLR(  # noqa: N802
    total_num_steps: int,
    warmup_min_lr: float = 0.0,
    warmup_max_lr: float = 0.001,
    warmup_num_steps: int = 1000,
    warmup_type: WarmupType = "log",
    *,
    base_lr: float | None = None,
) -> Schedule:
    """Return the warmup of `WarmupLR`, then a straight line down to `warmup_min_lr` at `total_num_steps`.

    With a total of at most the warmup the rate falls to `warmup_min_lr` at the end of the warmup, as in DeepSpeed.

    Args:
        total_num_steps: Length of the run, warmup included, > 0.
        warmup_min_lr: Where it begins and ends, >= 0.
        warmup_max_lr: Its peak, >= 0; the rate of the optimizer is not asked.
        warmup_num_steps: Length of the warmup, an integer > 0.
        warmup_type: "log" or "linear".
        base_lr: Not used, as in DeepSpeed.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> deepspeed.WarmupDecayLR(100, 0.0, 0.1, 10, "linear")([0, 5, 10, 55, 100])
        array([0.  , 0.05, 0.1 , 0.05, 0.  ])
    """
    total = _core.check("WarmupDecayLR", "total_num_steps", Rule.length, total_num_steps)
    warmup = _warmup("WarmupDecayLR", warmup_min_lr, warmup_max_lr, warmup_num_steps, warmup_type)
    left = total - _steps("WarmupDecayLR", warmup_num_steps)
    if left <= 0:
        return join(warmup, Constant(warmup_min_lr))
    span = max(1, left)
    return join(warmup, Linear(warmup_max_lr, warmup_min_lr, steps=span).shift(span - left))


def WarmupCosineLR(  # noqa: N802
    total_num_steps: int,
    warmup_min_ratio: float = 0.0,
    warmup_num_steps: int = 1000,
    cos_min_ratio: float = 0.0001,
    warmup_type: WarmupType = "log",
    *,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupLR`, then half a cosine down to `cos_min_ratio * base_lr`.

    The cosine begins one step in: after a linear warmup no iteration has the full rate. With a total of at most the
    warmup the rate falls to the floor at the end of the warmup.

    Args:
        total_num_steps: Length of the run, warmup included, > 0.
        warmup_min_ratio: Where it begins, in parts of `base_lr`, >= 0.
        warmup_num_steps: Length of the warmup, an integer > 0.
        cos_min_ratio: Where it ends, in parts of `base_lr`, >= 0.
        warmup_type: "log" or "linear".
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import deepspeed
        >>> deepspeed.WarmupCosineLR(100, 0.0, 10, 0.1, "linear", base_lr=1.0)([0, 9, 10, 100]).round(6)
        array([0.      , 0.9     , 0.999726, 0.1     ])
    """
    total = _core.check("WarmupCosineLR", "total_num_steps", Rule.length, total_num_steps)
    base = _core.check("WarmupCosineLR", "base_lr", Rule.non_negative, base_lr)
    start = base * _core.check("WarmupCosineLR", "warmup_min_ratio", Rule.non_negative, warmup_min_ratio)
    floor = base * _core.check("WarmupCosineLR", "cos_min_ratio", Rule.non_negative, cos_min_ratio)
    warmup = _warmup("WarmupCosineLR", start, base, warmup_num_steps, warmup_type)
    left = total - _steps("WarmupCosineLR", warmup_num_steps)
    return join(warmup, Cosine(base, floor, steps=left).shift(1) if left > 1 else Constant(floor))


def _steps(owner: str, warmup_num_steps: int) -> int:
    steps = _core.check(owner, "warmup_num_steps", Rule.length, warmup_num_steps)
    if not isinstance(steps, int):
        raise ValueError(f"{owner}: `warmup_num_steps` must be an integer > 0, got {warmup_num_steps!r}")
    return max(2, steps)


def _warmup(owner: str, low: float, peak: float | None, warmup_num_steps: int, warmup_type: str) -> Schedule:
    steps = _steps(owner, warmup_num_steps)
    start = _core.check(owner, "warmup_min_lr", Rule.non_negative, low)
    end = _core.check(owner, "warmup_max_lr", Rule.non_negative, peak)
    if warmup_type == "linear":
        return Linear(start, end, steps=steps)
    return Logarithmic(start, end, steps=steps - 1).until(steps)


def _cycle(
    owner: str,
    low: float,
    high: float,
    first: float,
    second: float | None,
    first_stairs: int,
    second_stairs: int | None,
) -> Schedule:
    rise = _core.check(owner, "cycle_first_step_size", Rule.length, first)
    fall = rise if second is None else _core.check(owner, "cycle_second_step_size", Rule.delay, second)
    up = _stair_count(owner, "cycle_first_stair_count", first_stairs)
    down = up if second_stairs is None else _stair_count(owner, "cycle_second_stair_count", second_stairs)
    parts = [_rise(low, high, rise, up), *([_fall(low, high, rise, fall, down)] if fall else [])]
    # The last iteration is the first of another cycle, for it counts from 1.
    return join(*parts).repeat().shift(1).until(rise + fall)


def _stair_count(owner: str, field: str, count: int) -> int:
    checked = _core.check(owner, field, Rule.delay, count)
    if not isinstance(checked, int):
        raise ValueError(f"{owner}: `{field}` must be an integer >= 0, got {count!r}")
    return checked


def _rise(low: float, high: float, steps: float, stairs: int) -> Schedule:
    if not stairs:
        return Linear(low, high, steps=steps)
    begins = [steps * stair / stairs for stair in range(1, stairs)]
    return PiecewiseConstant(_levels(low, high, stairs)[:-1], milestones=begins).until(steps)


# Down a stair goes one step after its end: DeepSpeed rounds the distance that is left down. More stairs than steps are
# gone down several at a time.
def _fall(low: float, high: float, begin: float, steps: float, stairs: int) -> Schedule:
    if not stairs:
        return Linear(high, low, steps=steps)
    levels = _levels(low, high, stairs)[::-1]
    ends = {after(begin + steps * stair / stairs) - begin: levels[stair + 1] for stair in range(stairs)}
    return PiecewiseConstant([high, *ends.values()], milestones=list(ends)).until(steps)


def _levels(low: float, high: float, stairs: int) -> list[float]:
    return [low + (high - low) * stair / stairs for stair in range(stairs + 1)]
