"""mmengine's learning-rate schedulers (`mmengine/optim/scheduler`), and `param_scheduler` for several of them.

A scheduler is active at the steps begin <= t < end; before them the rate is the optimizer's, after them what it was at
the last one. The step is in the unit that `begin` and `end` are in, iterations or epochs.
"""

from pywarmup.compat.mmengine.curves import CosineAnnealingLR, CosineRestartLR, PolyLR
from pywarmup.compat.mmengine.factors import ConstantLR, ExponentialLR, LinearLR, MultiStepLR, StepLR
from pywarmup.compat.mmengine.one_cycle import OneCycleLR
from pywarmup.compat.mmengine.together import param_scheduler

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineRestartLR",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolyLR",
    "StepLR",
    "param_scheduler",
]
