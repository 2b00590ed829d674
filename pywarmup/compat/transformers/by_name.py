"""`transformers.get_scheduler`, and its names as functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from pywarmup.compat._checks import check_steps, choice
from pywarmup.compat.transformers import cosines, schedules
from pywarmup.schedule import Schedule

FUNCTIONS: dict[str, Callable[..., Schedule]] = {
    "linear": schedules.get_linear_schedule_with_warmup,
    "cosine": cosines.get_cosine_schedule_with_warmup,
    "cosine_with_restarts": cosines.get_cosine_with_hard_restarts_schedule_with_warmup,
    "polynomial": schedules.get_polynomial_decay_schedule_with_warmup,
    "constant": schedules.get_constant_schedule,
    "constant_with_warmup": schedules.get_constant_schedule_with_warmup,
    "inverse_sqrt": schedules.get_inverse_sqrt_schedule,
    "cosine_with_min_lr": cosines.get_cosine_with_min_lr_schedule_with_warmup,
    "cosine_warmup_with_min_lr": cosines.get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "warmup_stable_decay": schedules.get_wsd_schedule,
}
METRIC_DRIVEN = ("reduce_lr_on_plateau", "greedy")
METRICS = "get_scheduler: rates come of metrics, not of the step (`name` is {!r}); use pywarmup.torch.Plateau"
# What get_scheduler passes on; the other arguments it ignores.
PASSED: dict[str, tuple[str, ...]] = {
    "constant": (),
    "constant_with_warmup": ("num_warmup_steps",),
    "inverse_sqrt": ("num_warmup_steps", "scheduler_specific_kwargs"),
}
EVERYTHING = ("num_warmup_steps", "num_training_steps", "scheduler_specific_kwargs")


def get_scheduler(
    name: str,
    num_warmup_steps: float | None = None,
    num_training_steps: float | None = None,
    scheduler_specific_kwargs: Mapping[str, Any] | None = None,
    *,
    base_lr: float,
) -> Schedule:
    """Return the schedule of a name.

    As in transformers, "constant" ignores all other arguments, "constant_with_warmup" all but num_warmup_steps, and
    "inverse_sqrt" ignores num_training_steps.

    Args:
        name: One of transformers' `SchedulerType`, or its value.
        num_warmup_steps: Length of the warmup, which all but "constant" need.
        num_training_steps: Length of the run, which most need.
        scheduler_specific_kwargs: Further arguments of the function that makes the schedule.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number, or further arguments that the function does not have.
        ValueError: For a number outside its range, a missing one, an unknown name, or "reduce_lr_on_plateau" and
            "greedy", which are no functions of the step: see `pywarmup.torch.Plateau`.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_scheduler("cosine_with_restarts", 0, 4, {"num_cycles": 2}, base_lr=0.1)[:5]
        array([0.1 , 0.05, 0.1 , 0.05, 0.  ])

    Same as:
        `transformers.get_scheduler(name, optimizer, num_warmup_steps, num_training_steps, scheduler_specific_kwargs)`.
    """
    name = getattr(name, "value", name)
    choice("get_scheduler", "name", name, (*FUNCTIONS, *METRIC_DRIVEN))
    if name in METRIC_DRIVEN:
        raise ValueError(METRICS.format(name))
    given = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    passed = PASSED.get(name, EVERYTHING)
    for field, value in given.items():
        _check(name, field, value, field in passed)
    steps = {field: value for field, value in given.items() if field in passed}
    specific = scheduler_specific_kwargs if "scheduler_specific_kwargs" in passed else None
    return _called(FUNCTIONS[name], steps, specific, base_lr)


def _check(name: str, field: str, value: float | None, is_passed: bool) -> None:
    """Refuse what is no number of steps, or a missing one; `get_wsd_schedule` itself says what it cannot do without."""
    if value is not None:
        check_steps("get_scheduler", field, value)
    elif is_passed and (name, field) != ("warmup_stable_decay", "num_training_steps"):
        raise ValueError(f"get_scheduler: `{field}` must be given for {name!r}, got None")


def _called(
    function: Callable[..., Schedule], steps: Mapping[str, Any], specific: Mapping[str, Any] | None, base_lr: float
) -> Schedule:
    try:
        arguments = inspect.signature(function).bind(**steps, **({} if specific is None else specific), base_lr=base_lr)
    except TypeError as error:
        raise TypeError(
            f"get_scheduler: `scheduler_specific_kwargs` must be further arguments of {function.__name__}, "
            f"got {specific!r}; {error}"
        ) from None
    return function(*arguments.args, **arguments.kwargs)


def _named(name: str) -> Callable[..., Schedule]:
    def schedule(
        num_warmup_steps: float | None = None,
        num_training_steps: float | None = None,
        scheduler_specific_kwargs: Mapping[str, Any] | None = None,
        *,
        base_lr: float,
    ) -> Schedule:
        return get_scheduler(name, num_warmup_steps, num_training_steps, scheduler_specific_kwargs, base_lr=base_lr)

    schedule.__name__ = schedule.__qualname__ = name
    schedule.__doc__ = f"Return `get_scheduler({name!r}, ...)`."
    return schedule


def _refused(name: str) -> Callable[..., NoReturn]:
    def schedule(*args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError(METRICS.format(name))

    schedule.__name__ = schedule.__qualname__ = name
    schedule.__doc__ = f"Refuse `get_scheduler({name!r}, ...)`: it follows a metric."
    return schedule


linear = _named("linear")
cosine = _named("cosine")
cosine_with_restarts = _named("cosine_with_restarts")
polynomial = _named("polynomial")
constant = _named("constant")
constant_with_warmup = _named("constant_with_warmup")
inverse_sqrt = _named("inverse_sqrt")
cosine_with_min_lr = _named("cosine_with_min_lr")
cosine_warmup_with_min_lr = _named("cosine_warmup_with_min_lr")
warmup_stable_decay = _named("warmup_stable_decay")
reduce_lr_on_plateau = _refused("reduce_lr_on_plateau")
greedy = _refused("greedy")
