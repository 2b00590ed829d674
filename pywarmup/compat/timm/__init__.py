"""timm's schedulers: `timm.scheduler` of pytorch-image-models, without the optimizer.

The step is timm's `t`, in the unit of `t_initial`: epochs for those who call `scheduler.step(epoch)`, updates for those
who call `scheduler.step_update(num_updates)`. `t_in_epochs` chooses between the two and changes no value, nor does
`initialize`; both are accepted, so that a migration is one import line. `schedule(t)` is the rate that
`scheduler.step(t)` sets. Before the first such call the optimizer has what timm's constructor put there:
`warmup_lr_init` if there is a warmup, which is `schedule(0)` too, and `base_lr` if not.

Noise (`noise_range_t`) is refused: timm draws it from torch's random generator, and a schedule is a function of the
step alone.
"""

from pywarmup.compat.timm.convert import from_timm
from pywarmup.compat.timm.cycles import CosineLRScheduler, PolyLRScheduler, TanhLRScheduler
from pywarmup.compat.timm.drops import MultiStepLRScheduler, StepLRScheduler
from pywarmup.compat.timm.plateau import PlateauLRScheduler
from pywarmup.compat.timm.wsd import WSDLRScheduler

__all__ = [
    "CosineLRScheduler",
    "MultiStepLRScheduler",
    "PlateauLRScheduler",
    "PolyLRScheduler",
    "StepLRScheduler",
    "TanhLRScheduler",
    "WSDLRScheduler",
    "from_timm",
]
