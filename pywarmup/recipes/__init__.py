"""The recipes: named compositions of shapes, as the field names them. None has a formula of its own.

`total_steps` always includes the warmup. With `warmup_steps=0` there is no such stage and step 0 has the peak.
"""

from pywarmup.recipes.cycles import cosine_restarts, exp_range, one_cycle, triangular, triangular2
from pywarmup.recipes.drops import multi_step, step_decay
from pywarmup.recipes.plateaus import goyal, trapezoid, wsd
from pywarmup.recipes.warmups import (
    noam,
    warmup_constant,
    warmup_cosine,
    warmup_exponential,
    warmup_inverse_sqrt,
    warmup_linear,
    warmup_polynomial,
)

__all__ = [
    "cosine_restarts",
    "exp_range",
    "goyal",
    "multi_step",
    "noam",
    "one_cycle",
    "step_decay",
    "trapezoid",
    "triangular",
    "triangular2",
    "warmup_constant",
    "warmup_cosine",
    "warmup_exponential",
    "warmup_inverse_sqrt",
    "warmup_linear",
    "warmup_polynomial",
    "wsd",
]
