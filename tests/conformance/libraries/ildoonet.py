"""ildoonet's GradualWarmupScheduler, which is recorded with its bug."""

import pywarmup as pw
from conformance.case import Case
from conformance.deviation import Deviation
from conformance.libraries import torch
from pywarmup.compat.gradual_warmup import GradualWarmupScheduler

DEVIATIONS = (
    Deviation(
        "OneCycleLR",
        "after a warmup, its step beyond the end rises again",
        "the rate of the last step is held",
        steps=lambda case, step: any(step == error["step"] - 1 for error in case.errors),
        fact=lambda case: case.construct_error is None and case.kwargs["after_scheduler"] == "OneCycleLR",
    ),
)


def schedule(case: Case) -> pw.Schedule:
    """Return what a case is called here."""
    name, kwargs = case.kwargs["after_scheduler"], case.kwargs["after_kwargs"]
    after = torch.build(name, kwargs or {}, case.base_lr) if name else None
    multiplier, total = case.kwargs["multiplier"], case.kwargs["total_epoch"]
    return GradualWarmupScheduler(multiplier, total, after, base_lr=case.base_lr, with_bug=True)
