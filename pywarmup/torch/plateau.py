"""Reduce-on-plateau as a factor over any schedule, so that warmup, decay and plateau combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, SupportsFloat

from pywarmup.compose import maximum, minimum
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant
from pywarmup.torch.plateau_rule import PlateauState, ReduceOnPlateau, problem, read
from pywarmup.torch.scheduler import Scheduler


class Plateau:
    """Multiplies the rates of a scheduler by `factor` whenever a metric has stopped improving.

    lr(t) = max(scale * schedule(t), min(schedule(t), min_lr)), where scale = factor ** reductions.

    Call `scheduler.step()` after every update, as ever, and `plateau.step(metric)` after every evaluation, with the
    same metric in every process. `min_lr` ends reductions, it does not lift the schedule: a warmup from 0 starts at
    0. A new plateau starts from the schedule as given: a scheduler has one at a time.

    It is no torch `LRScheduler`, since its step needs a metric. So Accelerate's `prepare` leaves it as it is (torch's
    would be stepped once for each process); save it with `register_for_checkpointing`. In Lightning call `step` in
    `on_validation_epoch_end` and save the state in `on_save_checkpoint`; with the Trainer of transformers call it in
    `on_evaluate` of a callback.

    Args:
        scheduler: Whose learning rates to reduce.
        mode: "min" if less is better (a loss), "max" if more is (an accuracy).
        factor: What a reduction multiplies by, in [0, 1).
        patience: How many evaluations in a row may fail to be better, >= 0; the next one reduces.
        threshold: By how much a better metric differs from the best one, >= 0.
        threshold_mode: "rel" if the threshold is a part of the best metric, "abs" if it is a difference.
        cooldown: How many evaluations after a reduction cannot be bad ones, >= 0.
        min_lr: What no rate is reduced below, >= 0: one number, or one for each parameter group.
        eps: A reduction that lowers no group's present rate by more than this is not made, >= 0.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If it is out of range, or the scheduler does not drive "lr".

    Example:
        >>> import torch, pywarmup as pw
        >>> from pywarmup.torch import Plateau, Scheduler
        >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)])
        >>> scheduler = Scheduler(optimizer, pw.warmup_constant(0.1, warmup_steps=2))
        >>> plateau = Plateau(scheduler, factor=0.5, patience=0)
        >>> for loss in (3.0, 2.0, 2.0, 1.0):
        ...     optimizer.step()
        ...     scheduler.step()
        ...     plateau.step(loss)
        ...     print(plateau.get_last_lr())
        [0.05]
        [0.1]
        [0.05]
        [0.05]

    Same as:
        `torch.optim.lr_scheduler.ReduceLROnPlateau` over a `Constant`, nan included. Only, torch decides about
        `eps` group by group; here one scale is for all, so groups keep their ratio down to `min_lr`.

    References:
        folklore.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        mode: Literal["min", "max"] = "min",
        *,
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        self.scheduler = _driving_lr(scheduler)
        self.optimizer = scheduler.optimizer
        self.rule = ReduceOnPlateau(mode, factor, patience, threshold, threshold_mode, cooldown)
        self.min_lr: float | list[float] = _read_each("min_lr", min_lr)
        self.eps: float = read("eps", eps)
        self.state = self._adopt(self.rule.start())

    def get_last_lr(self) -> list[float]:
        """Return the present rate of every group, as the scheduler does."""
        return self.scheduler.get_last_lr()

    def step(self, metric: SupportsFloat) -> None:
        """Count one evaluation, and reduce the rates at once if it is the one too many.

        Args:
            metric: A number, or a tensor of one number.

        Raises:
            TypeError: If it is neither; nothing is changed.
        """
        new = self.rule.update(self.state, metric)
        if new.scale != self.state.scale:
            before = self.get_last_lr()
            self._adopt(new)
            if not any(old - less > self.eps for old, less in zip(before, self.get_last_lr(), strict=True)):
                new = self._adopt(replace(new, scale=self.state.scale))
        self.state = new

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain numbers, under the names of `PlateauState`."""
        return asdict(self.state)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state; the rates are its rates at once, whether the scheduler loads before or after.

        Args:
            state_dict: What `state_dict()` returned.

        Raises:
            TypeError: If it is no mapping, or of other types; nothing is changed.
            ValueError: If it has other keys, or numbers out of range; nothing is changed.
        """
        names = [field.name for field in fields(PlateauState)]
        if not isinstance(state_dict, Mapping) or set(state_dict) != set(names):
            error = ValueError if isinstance(state_dict, Mapping) else TypeError
            raise error(problem("state_dict", f"a mapping with the keys {', '.join(names)}", state_dict))
        self.state = self._adopt(PlateauState(**state_dict))

    def _adopt(self, state: PlateauState) -> PlateauState:
        reduction = _Reduction(state.scale, self._floors())
        self.scheduler._reduce_rates(reduction if state.scale != 1.0 else None)
        return state

    def _floors(self) -> tuple[float, ...]:
        """`min_lr` for each group, in the unit of its schedule; only one if it is the same for all."""
        groups = self.optimizer.param_groups
        floors = self.min_lr if isinstance(self.min_lr, list) else [self.min_lr] * len(groups)
        if len(floors) != len(groups):
            raise ValueError(problem("min_lr", f"one number, or one for each of the {len(groups)} groups", floors))
        if self.scheduler.mode == "factor":
            bases = self.scheduler.base_lrs
            floors = [floor / base if base else 0.0 for floor, base in zip(floors, bases, strict=True)]
        return tuple(floors[:1] if len(set(floors)) == 1 else floors)


def _read_each(field: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [read(f"{field}[{index}]", one) for index, one in enumerate(value)]
    return read(field, value)


@dataclass(frozen=True)
class _Reduction:
    """What the scheduler evaluates instead of the schedules that it was given."""

    scale: float
    floors: tuple[float, ...]

    def __call__(self, given: Sequence[Schedule]) -> tuple[Schedule, ...]:
        count = max(len(given), len(self.floors))
        schedules = given if len(given) == count else [*given] * count
        floors = self.floors if len(self.floors) == count else self.floors * count
        return tuple([self.reduce(schedule, floor) for schedule, floor in zip(schedules, floors, strict=True)])

    def reduce(self, schedule: Schedule, floor: float) -> Schedule:
        reduced = schedule * self.scale
        return maximum(reduced, minimum(schedule, Constant(floor))) if floor else reduced


def _driving_lr(scheduler: Scheduler) -> Scheduler:
    if not isinstance(scheduler, Scheduler):
        raise TypeError(problem("scheduler", "a pywarmup.torch.Scheduler", scheduler))
    if not scheduler._rates:
        raise ValueError(problem("scheduler", "one with a schedule for 'lr'", scheduler))
    return scheduler
