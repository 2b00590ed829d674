"""The learning-rate schedulers of Paddle (`python/paddle/optimizer/lr.py`).

The step is Paddle's `last_epoch`: 0 after the constructor, one more after each `step()`. `verbose` is taken so that
calls need not change. `last_epoch` must be -1: ask the schedule for a later step. The functions of the same file
(`noam_decay` and others) are left out.
"""

from pywarmup.compat.paddle.cycles import CosineAnnealingDecay, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from pywarmup.compat.paddle.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    LinearLR,
    NaturalExpDecay,
    NoamDecay,
    PolynomialDecay,
)
from pywarmup.compat.paddle.functions import LambdaDecay, LinearWarmup, MultiplicativeDecay, ReduceOnPlateau
from pywarmup.compat.paddle.stairs import MultiStepDecay, PiecewiseDecay, StepDecay

__all__ = [
    "CosineAnnealingDecay",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LambdaDecay",
    "LinearLR",
    "LinearWarmup",
    "MultiStepDecay",
    "MultiplicativeDecay",
    "NaturalExpDecay",
    "NoamDecay",
    "OneCycleLR",
    "PiecewiseDecay",
    "PolynomialDecay",
    "ReduceOnPlateau",
    "StepDecay",
]
