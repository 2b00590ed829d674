"""Learning-rate schedules as immutable values: exact, fast, the same in every trainer."""

from typing import TYPE_CHECKING, Any

try:
    from pywarmup import _core as _core
except ImportError as error:  # pragma: no cover
    raise ImportError(
        f"pywarmup: its compiled core cannot be loaded ({error}); install it with `pip install .`"
    ) from error

from pywarmup import counting
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
    Stairs,
    Stretch,
    Sum,
    Until,
    Warp,
    anneal,
    join,
    maximum,
    minimum,
)
from pywarmup.current import use
from pywarmup.loops import follow, with_lr
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
from pywarmup.serialize import from_dict, from_json
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
    from pywarmup.tools.lint import Finding
    from pywarmup.tools.plot import plot
    from pywarmup.tools.range_result import RangeTest
    from pywarmup.tools.range_test import range_test

__version__ = "0.1.0"

# The tools need NumPy, so they are imported when they are first asked for.
_TOOLS = {"Finding": "lint", "RangeTest": "range_result", "plot": "plot", "range_test": "range_test"}


def __getattr__(name: str) -> Any:
    if name not in _TOOLS:
        raise AttributeError(f"module 'pywarmup' has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"pywarmup.tools.{_TOOLS[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_TOOLS})


__all__ = [
    "Clip",
    "Constant",
    "Cosine",
    "Exponential",
    "ExponentialDecay",
    "Finding",
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
    "RangeTest",
    "Repeat",
    "Reverse",
    "Rex",
    "SaturatingExponential",
    "Scale",
    "ScaledExponential",
    "Schedule",
    "Shift",
    "SquareRoot",
    "Stairs",
    "Stretch",
    "Sum",
    "Table",
    "Tanh",
    "Until",
    "Warp",
    "anneal",
    "cosine_restarts",
    "counting",
    "exp_range",
    "follow",
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
    "plot",
    "range_test",
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
    "with_lr",
    "wsd",
]
