"""Composer's stateless schedulers (`composer/optim/scheduler.py`), with its time strings.

They return multipliers: with `base_lr=1.0`, the default, that is what comes out. What Composer reads from the trainer's
state are keywords here: `max_duration`, `dataloader_len` (batches in an epoch) and `scale_schedule_ratio`. Times are
strings such as "10ep", "100ba" or "0.1dur". The step counts batches, or samples or tokens if all times are in "sp" or
in "tok". Several schedulers of one optimizer multiply: `s * r`.
"""

from pywarmup.compat.composer.plain import (
    ConstantScheduler,
    CosineAnnealingScheduler,
    CosineAnnealingWarmRestartsScheduler,
    ExponentialScheduler,
    LinearScheduler,
    MultiStepScheduler,
    PolynomialScheduler,
    StepScheduler,
)
from pywarmup.compat.composer.warmup import (
    ConstantWithWarmupScheduler,
    CosineAnnealingWithWarmupScheduler,
    LinearWithWarmupScheduler,
    MultiStepWithWarmupScheduler,
    PolynomialWithWarmupScheduler,
)

__all__ = [
    "ConstantScheduler",
    "ConstantWithWarmupScheduler",
    "CosineAnnealingScheduler",
    "CosineAnnealingWarmRestartsScheduler",
    "CosineAnnealingWithWarmupScheduler",
    "ExponentialScheduler",
    "LinearScheduler",
    "LinearWithWarmupScheduler",
    "MultiStepScheduler",
    "MultiStepWithWarmupScheduler",
    "PolynomialScheduler",
    "PolynomialWithWarmupScheduler",
    "StepScheduler",
]
