"""Learning-rate schedules as immutable values: exact, fast, the same in every trainer."""

import importlib
from typing import TYPE_CHECKING, Any

try:
    from pywarmup import _core as _core
except ImportError as error:  # pragma: no cover
    raise ImportError(
        f"pywarmup: its compiled core cannot be loaded ({error}); install it with `pip install .`"
    ) from error

from pywarmup._core import lr
from pywarmup.compose import (
    Clip,
    Join,
    Maximum,
    Minimum,
    Offset,
    PastEnd,
    Product,
    Repeat,
    Reverse,
    Scale,
    Shift,
    Stretch,
    Sum,
    Until,
    anneal,
    join,
    maximum,
    minimum,
)
from pywarmup.current import use
from pywarmup.recipes import (
    cosine_restarts,
    exp_range,
    goyal,
    multi_step,
    noam,
    one_cycle,
    step_decay,
    trapezoid,
    triangular,
    triangular2,
    warmup_constant,
    warmup_cosine,
    warmup_exponential,
    warmup_inverse_sqrt,
    warmup_linear,
    warmup_polynomial,
    wsd,
)
from pywarmup.schedule import Schedule
from pywarmup.shapes import (
    Constant,
    Cosine,
    Exponential,
    ExponentialDecay,
    InverseSqrt,
    InverseTime,
    Linear,
    Logarithmic,
    NaturalExponentialDecay,
    OneMinusSqrt,
    PiecewiseConstant,
    PiecewiseLinear,
    Polynomial,
    PowerLaw,
    RAdam,
    Rex,
    SaturatingExponential,
    ScaledExponential,
    SquareRoot,
    Table,
    Tanh,
)

if TYPE_CHECKING:
    from pywarmup import counting
    from pywarmup.serialize import from_dict, from_json

__version__ = "0.1.0"

__all__ = [
    "Clip",
    "Constant",
    "Cosine",
    "Exponential",
    "ExponentialDecay",
    "InverseSqrt",
    "InverseTime",
    "Join",
    "Linear",
    "Logarithmic",
    "Maximum",
    "Minimum",
    "NaturalExponentialDecay",
    "Offset",
    "OneMinusSqrt",
    "PastEnd",
    "PiecewiseConstant",
    "PiecewiseLinear",
    "Polynomial",
    "PowerLaw",
    "Product",
    "RAdam",
    "Repeat",
    "Reverse",
    "Rex",
    "SaturatingExponential",
    "Scale",
    "ScaledExponential",
    "Schedule",
    "Shift",
    "SquareRoot",
    "Stretch",
    "Sum",
    "Table",
    "Tanh",
    "Until",
    "anneal",
    "cosine_restarts",
    "counting",
    "exp_range",
    "from_dict",
    "from_json",
    "goyal",
    "join",
    "lr",
    "maximum",
    "minimum",
    "multi_step",
    "noam",
    "one_cycle",
    "step_decay",
    "trapezoid",
    "triangular",
    "triangular2",
    "use",
    "warmup_constant",
    "warmup_cosine",
    "warmup_exponential",
    "warmup_inverse_sqrt",
    "warmup_linear",
    "warmup_polynomial",
    "wsd",
]

_LATER = {"counting": "counting", "from_dict": "serialize", "from_json": "serialize"}


def __getattr__(name: str) -> Any:
    """Import on first use what most runs do not need, and what would double the time of `import pywarmup`."""
    if name not in _LATER:
        raise AttributeError(f"module 'pywarmup' has no attribute {name!r}")
    module = importlib.import_module(f"pywarmup.{_LATER[name]}")
    return module if name == _LATER[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
