"""The schedules of Keras (`keras.optimizers.schedules`), under their own names: `compat.keras.CosineDecay(...)`.

Keras computes in its `floatx`, float32 as a rule: these are the values before that rounding.

Keras computes in the type of `initial_learning_rate`. Where that is an integer, it cuts the fractions of the other
arguments (but CosineDecay's `alpha`) and takes 3 for pi: `ExponentialDecay(1, 10, 0.5)` is 0 from step 1 on, and a
warmup from 0 to 0.1 stays at 0. An integer means the same here, so that no run moves; write 1.0 for what was meant.

Keras counts whole steps. What changes after a step there (a boundary of PiecewiseConstantDecay, the end of a cycle of
PolynomialDecay) changes here at the next whole one.
"""

from pywarmup.compat.keras.convert import from_keras
from pywarmup.compat.keras.cosine import CosineDecay, CosineDecayRestarts
from pywarmup.compat.keras.decay import ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay
from pywarmup.compat.keras.polynomial import PolynomialDecay

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "from_keras",
]
