"""The learning-rate schedulers of PyTorch, under their own names and arguments, and `from_torch` for living ones.

The optimizer is left out; `base_lr` is its rate. So is `last_epoch`: a schedule has no state, and
`pywarmup.torch.Scheduler` has it. Rates are those of `step()`, at the integers; where torch's `step(epoch)` would give
others, the docstring says so.

`SequentialLR` and `ChainedScheduler` need to know what their children do to a rate that somebody else has written. They
know it of the very schedules that these functions return, as long as they live, and not of others that are equal.
"""

from pywarmup.compat.torch.compositions import ChainedScheduler, SequentialLR
from pywarmup.compat.torch.convert import from_torch
from pywarmup.compat.torch.cosines import SWALR, CosineAnnealingLR, CosineAnnealingWarmRestarts
from pywarmup.compat.torch.cyclic import CyclicLR, CyclicMomentum
from pywarmup.compat.torch.decays import ConstantLR, ExponentialLR, LinearLR, MultiStepLR, PolynomialLR, StepLR
from pywarmup.compat.torch.functions import LambdaLR, MultiplicativeLR, ReduceLROnPlateau
from pywarmup.compat.torch.one_cycle import OneCycleLR, OneCycleMomentum

__all__ = [
    "SWALR",
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "CyclicMomentum",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "OneCycleMomentum",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
    "from_torch",
]
