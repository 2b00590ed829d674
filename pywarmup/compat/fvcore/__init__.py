"""fvcore's schedulers of parameters: `fvcore.common.param_scheduler`.

The step is fvcore's `where`, the part of the run that is over, from 0 to 1; so these schedules are 1 step long, and
`.stretch(total_steps)` makes them as long as a run: `schedule.stretch(total_steps)(n)` is fvcore's
`scheduler(n / total_steps)`. Values may be negative, as there.

Past 1, fvcore raises, extrapolates lines below zero or takes complex powers. Here the last value is held, but where
fvcore goes on in good order: the cosine rises again, and the exponential falls on.

Changes of a value, or from one scheduler to the next, come 1e-6 before their time, as in fvcore, to the bit.
"""

from pywarmup.compat.fvcore.composite import CompositeParamScheduler
from pywarmup.compat.fvcore.convert import from_fvcore
from pywarmup.compat.fvcore.curves import (
    ConstantParamScheduler,
    CosineParamScheduler,
    ExponentialParamScheduler,
    LinearParamScheduler,
    PolynomialDecayParamScheduler,
)
from pywarmup.compat.fvcore.drops import (
    MultiStepParamScheduler,
    StepParamScheduler,
    StepWithFixedGammaParamScheduler,
)

__all__ = [
    "CompositeParamScheduler",
    "ConstantParamScheduler",
    "CosineParamScheduler",
    "ExponentialParamScheduler",
    "LinearParamScheduler",
    "MultiStepParamScheduler",
    "PolynomialDecayParamScheduler",
    "StepParamScheduler",
    "StepWithFixedGammaParamScheduler",
    "from_fvcore",
]
