"""What the modules of several libraries need."""

from __future__ import annotations

from collections.abc import Callable

from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant


def between(shape: Callable[..., Schedule], init_value: float, end_value: float, *, steps: float) -> Schedule:
    """Return the shape from one value to another; unlike the shapes themselves, libraries take negative ones too."""
    lowest = min(init_value, end_value)
    if lowest >= 0.0:
        return shape(init_value, end_value, steps=steps)
    return shape(init_value - lowest, end_value - lowest, steps=steps) + lowest


def from_step(schedule: Schedule, step: float) -> Schedule:
    """Return the schedule from a step on, which may be its end or later."""
    if step == 0:
        return schedule
    is_before_end = schedule.total_steps is None or step < schedule.total_steps
    return schedule.shift(step) if is_before_end else Constant(schedule(step))
