"""Schedules in PyTorch: `Scheduler(optimizer, schedule)`, and schedules as tensors, tensor functions and factors."""

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError(
        f"pywarmup.torch: PyTorch cannot be imported ({error}); "
        'install it with `pip install "pywarmup-schedules[torch]"`'
    ) from error

from pywarmup.torch.expression import expression
from pywarmup.torch.factor import as_lambda
from pywarmup.torch.plateau import Plateau
from pywarmup.torch.plateau_rule import PlateauState, ReduceOnPlateau
from pywarmup.torch.range_test import range_test
from pywarmup.torch.scheduler import Scheduler
from pywarmup.torch.table import values

__all__ = ["Plateau", "PlateauState", "ReduceOnPlateau", "Scheduler", "as_lambda", "expression", "range_test", "values"]
