"""A schedule as the factor that `LambdaLR` multiplies a base learning rate by: `as_lambda(schedule)`."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.schedule import Schedule


def as_lambda(schedule: Schedule, *, base_lr: float = 1.0) -> Schedule:
    """Return a schedule as a factor of `base_lr`, for code that insists on `torch.optim.lr_scheduler.LambdaLR`.

    factor(t) = schedule(t) / base_lr

    The factor is itself a schedule: it is called with a step, returns a Python float and can be pickled. LambdaLR
    keeps no copy of it in its `state_dict`, so checkpoints load with `torch.load(weights_only=True)`.

    Args:
        schedule: Any schedule.
        base_lr: The learning rate that the optimizer was made with, > 0.

    Returns:
        The schedule itself for a `base_lr` of 1, where learning rates are the schedule's to the bit. Otherwise
        `schedule / base_lr`: the division and LambdaLR's product round, so learning rates are within 2 units in the
        last place (one more if the schedule is already one times a number), and to the bit if `base_lr` is a power
        of two.

    Raises:
        TypeError: For what is no schedule, or no number.
        ValueError: For a `base_lr` that is not finite and > 0.

    Example:
        >>> import pywarmup as pw
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
        >>> factor = as_lambda(pw.warmup_linear(0.1, warmup_steps=2, total_steps=4), base_lr=0.5)
        >>> factor(1)
        0.1
        >>> scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.05]
    """
    _core.check("as_lambda", "schedule", _core.Rule.schedule, schedule)
    base_lr = _core.check("as_lambda", "base_lr", _core.Rule.positive, base_lr)
    return schedule if base_lr == 1.0 else schedule / base_lr
