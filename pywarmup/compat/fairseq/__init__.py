"""The learning-rate schedulers of fairseq (`fairseq/optim/lr_scheduler/`).

The arguments are the fields of their configs, by name, in the configs' order. The step is `num_updates`. What fairseq
takes from other parts of its config (`lr`, `max_update`) is an argument too; `lr` is a number, or a list of one.
"""

from pywarmup.compat.fairseq.by_epoch import FixedLRSchedule, ManualSchedule
from pywarmup.compat.fairseq.cycles import CosineLRSchedule, TriangularLRSchedule
from pywarmup.compat.fairseq.decays import (
    InverseSquareRootSchedule,
    PolynomialDecayLRSchedule,
    StepLRSchedule,
    TriStageLRSchedule,
)

__all__ = [
    "CosineLRSchedule",
    "FixedLRSchedule",
    "InverseSquareRootSchedule",
    "ManualSchedule",
    "PolynomialDecayLRSchedule",
    "StepLRSchedule",
    "TriStageLRSchedule",
    "TriangularLRSchedule",
]
