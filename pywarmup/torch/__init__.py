"""Schedules in PyTorch: `pywarmup.torch.Scheduler(optimizer, schedule)`, and reduce-on-plateau over it."""

from pywarmup.torch.plateau import Plateau
from pywarmup.torch.plateau_rule import PlateauState, ReduceOnPlateau
from pywarmup.torch.scheduler import Scheduler

__all__ = ["Plateau", "PlateauState", "ReduceOnPlateau", "Scheduler"]
