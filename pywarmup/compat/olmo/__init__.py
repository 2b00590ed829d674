"""OLMo-core's schedulers (`olmo_core/optim/scheduler.py`): each with its name and its fields, by keyword.

What `get_lr(initial_lr, current, t_max)` is given are the keywords `base_lr` and `t_max`; the step is `current`, in
steps or in tokens, as the lengths are. A scheduler's own field `t_max` is that keyword, too.
"""

from pywarmup.compat.olmo.decays import CosWithWarmup, HalfCosWithWarmup, InvSqrtWithWarmup, LinearWithWarmup
from pywarmup.compat.olmo.periods import WSDS, SequentialScheduler
from pywarmup.compat.olmo.plateaus import WSD, CosWithWarmupAndLinearDecay, PowerLR
from pywarmup.compat.olmo.rises import ConstantScheduler, ConstantWithWarmup, ExponentialScheduler
from pywarmup.compat.olmo.stages import ComposableScheduler, ComposableSchedulerStage, OverrideDecay

__all__ = [
    "WSD",
    "WSDS",
    "ComposableScheduler",
    "ComposableSchedulerStage",
    "ConstantScheduler",
    "ConstantWithWarmup",
    "CosWithWarmup",
    "CosWithWarmupAndLinearDecay",
    "ExponentialScheduler",
    "HalfCosWithWarmup",
    "InvSqrtWithWarmup",
    "LinearWithWarmup",
    "OverrideDecay",
    "PowerLR",
    "SequentialScheduler",
]
