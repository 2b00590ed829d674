"""NeMo's schedulers (`nemo/core/optim/lr_scheduler.py`): each with its name, its keywords, and `base_lr`.

`get_scheduler(name, ...)` finds one by the name that a configuration gives. The ones that NeMo takes from torch
(StepLR, ExponentialLR, CyclicLR) are in `pywarmup.compat.torch`.
"""

from __future__ import annotations

from typing import Any

from pywarmup.compat._checks import choice
from pywarmup.compat.nemo.anneals import (
    InverseSquareRootAnnealing,
    PolynomialDecayAnnealing,
    SquareAnnealing,
    SquareRootAnnealing,
    WarmupAnnealing,
)
from pywarmup.compat.nemo.cosine import CosineAnnealing
from pywarmup.compat.nemo.holds import (
    NoamHoldAnnealing,
    PolynomialHoldDecayAnnealing,
    WarmupHoldAnnealLinear,
    WarmupHoldAnnealOneMinusSquareRoot,
)
from pywarmup.compat.nemo.noam import NoamAnnealing, T5InverseSquareRootAnnealing
from pywarmup.compat.nemo.policies import (
    SquareRootConstantPolicy,
    WarmupAnnealHoldPolicy,
    WarmupHoldPolicy,
    WarmupPolicy,
)
from pywarmup.schedule import Schedule

__all__ = [
    "CosineAnnealing",
    "InverseSquareRootAnnealing",
    "NoamAnnealing",
    "NoamHoldAnnealing",
    "PolynomialDecayAnnealing",
    "PolynomialHoldDecayAnnealing",
    "SquareAnnealing",
    "SquareRootAnnealing",
    "SquareRootConstantPolicy",
    "T5InverseSquareRootAnnealing",
    "WarmupAnnealHoldPolicy",
    "WarmupAnnealing",
    "WarmupHoldAnnealLinear",
    "WarmupHoldAnnealOneMinusSquareRoot",
    "WarmupHoldPolicy",
    "WarmupPolicy",
    "get_scheduler",
]

SCHEDULERS = {name: globals()[name] for name in __all__ if name != "get_scheduler"}


def get_scheduler(name: str, **kwargs: Any) -> Schedule:
    """Return the schedule of a name, as the field `sched.name` of a configuration has it.

    Args:
        name: One of the functions of this module.
        **kwargs: Its keywords, `base_lr` among them.

    Raises:
        TypeError: For a keyword that the function does not have.
        ValueError: For an unknown name.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.get_scheduler("WarmupAnnealing", max_steps=5, warmup_steps=1, base_lr=1.0)(3)
        0.5
    """
    choice("get_scheduler", "name", name, SCHEDULERS)
    return SCHEDULERS[name](**kwargs)  # type: ignore[no-any-return]
