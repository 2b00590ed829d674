"""The parameter schedulers of PyTorch-Ignite (`ignite/handlers/param_scheduler.py`).

The step is the number of events before: the first call of a handler uses `schedule(0)`. The optimizer is left out.
`param_name`, `save_history` and `param_group_index` are taken so that calls need not change, and mean nothing here.

There is no `LRScheduler`, which only wraps a scheduler of torch: use the schedule of `pywarmup.compat.torch`. (What
Ignite makes of one depends on torch's version: with new ones most begin with their second rate.)
"""

from pywarmup.compat.ignite.compositions import ConcatScheduler, create_lr_scheduler_with_warmup
from pywarmup.compat.ignite.cyclic import CosineAnnealingScheduler, LinearCyclicalScheduler
from pywarmup.compat.ignite.piecewise import PiecewiseLinear

__all__ = [
    "ConcatScheduler",
    "CosineAnnealingScheduler",
    "LinearCyclicalScheduler",
    "PiecewiseLinear",
    "create_lr_scheduler_with_warmup",
]
