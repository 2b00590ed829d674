"""A torch scheduler whose whole state is one integer, and any value of it is `schedule(step)`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias, get_args

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.torch import checkpoint, hyperparameters
from pywarmup.torch.hyperparameters import Group, Hyperparameter, Schedules
from pywarmup.torch.loads import follow_loads

Mode: TypeAlias = Literal["value", "factor"]
Reduction: TypeAlias = Callable[[Sequence[Schedule]], tuple[Schedule, ...]]
OnChange: TypeAlias = Literal["error", "warn", "keep_new", "keep_saved"]


class Scheduler(_core.Stepper, LRScheduler):
    """Writes a schedule into an optimizer: `schedule(n)` after n calls of `step()`.

        group[name] = schedule(last_epoch)                              mode="value"
        group[name] = group["initial_" + name] * schedule(last_epoch)   mode="factor"

    It is a `torch.optim.lr_scheduler.LRScheduler`, so every trainer takes it. The step is the number of optimizer
    updates already made: the constructor writes `schedule(0)`, and `step()` belongs after `optimizer.step()`. What
    counts is how often `step()` is called. A loop that accumulates gradients calls it when it updates; a loop with a
    `GradScaler` either goes on counting when an update is skipped, as torch's examples do, or looks at the scale and
    does not call it.

    Rates that are tensors are filled in place and never replaced, also by `optimizer.load_state_dict`. Groups are
    looked up anew at every step, so they may be added, removed and loaded at any time. Nothing is accumulated: every
    value comes from the step alone.

    Args:
        optimizer: A `torch.optim.Optimizer`.
        schedule: A schedule for all parameter groups; a list of schedules, one for each; or a dictionary from
            hyperparameter (`"lr"`, `"weight_decay"`, `"momentum"`, `"betas[0]"` ...) to either.
        mode: "value" writes the schedule's values, "factor" multiplies by them what each group began with: `initial_lr`
            and its like, kept in the group.
        count: How much one `step()` counts, > 0: 1 for updates, or the samples or tokens of an update for schedules
            over those. `step(increment=n)` counts n instead, once.
        last_epoch: As in torch, one less than the step to begin with. (After that, `last_epoch` is the step.)
        on_change: What `load_state_dict` does when the state was saved with another schedule: "error", "warn" and keep
            the new one, "keep_new" or "keep_saved" silently.

    Raises:
        TypeError: For what is no optimizer or no schedule.
        ValueError: For schedules that do not match the groups, an unknown hyperparameter, values that the optimizer
            must not get (negative rates), or a tensor of integers as rate. The optimizer is left as it was.

    Example:
        >>> import torch
        >>> import pywarmup as pw
        >>> from pywarmup.torch import Scheduler
        >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        >>> scheduler = Scheduler(optimizer, pw.warmup_linear(0.1, warmup_steps=2, total_steps=4))
        >>> for _ in range(4):
        ...     print(scheduler.last_epoch, scheduler.get_last_lr())
        ...     optimizer.step()
        ...     scheduler.step()
        0 [0.0]
        1 [0.05]
        2 [0.1]
        3 [0.05]

    Same as:
        `LambdaLR(optimizer, schedule)`, with `mode="factor"`.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Schedules | Mapping[str, Schedules],
        *,
        mode: Mode = "value",
        count: float = 1,
        last_epoch: int = -1,
        on_change: OnChange = "error",
    ) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"Scheduler: `optimizer` must be a torch.optim.Optimizer, got {type(optimizer).__name__}")
        self.mode: Mode = _check_choice("mode", mode, Mode)
        self.on_change: OnChange = _check_choice("on_change", on_change, OnChange)
        self._driven = hyperparameters.read(schedule)
        hyperparameters.check(self._driven, optimizer.param_groups, mode)
        self._reduction: Reduction | None = None
        self.count = _core.check("Scheduler", "count", _core.Rule.length, count)
        hyperparameters.check_last_epoch(last_epoch, self._driven, optimizer.param_groups, mode)
        self._drive(self._targets())
        with _untouched_on_failure(optimizer):
            for group in optimizer.param_groups:
                self._remember(group, "lr")
            LRScheduler.__init__(self, optimizer, last_epoch)
        follow_loads(self)

    def _targets(self) -> list[tuple[Any, ...]]:
        """What the core needs to know about each hyperparameter."""
        targets = []
        for one in self._driven:
            least, limit = one.limits
            initial = f"initial_{one.name}" if self.mode == "factor" else None
            is_for_each_group, schedules = one.is_for_each_group, one.schedules
            if one.name == "lr" and self._reduction is not None:
                schedules = self._reduction(schedules)
                is_for_each_group = is_for_each_group or len(schedules) > 1
            targets.append((one.key, one.item, initial, least, limit, is_for_each_group, schedules))
        return targets

    # What the core asks.

    def _initial_step(self) -> None:
        """Write the first values; this is not an update that counts."""
        self._step_count = 1
        self._update_lr(self.last_epoch + 1)

    def _check_order(self) -> None:
        """Warn as torch does; whether `optimizer.step` was called is known where it is torch's wrapper."""
        if hasattr(self.optimizer.step, "_wrapped_by_lr_sched") and not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(
                "Scheduler: `scheduler.step()` came before `optimizer.step()`, so the first value of the schedule goes "
                "unused; call them the other way round (a GradScaler that skipped the first update is one cause)",
                UserWarning,
                stacklevel=2,
            )

    def _remember(self, group: Group, name: str) -> float:
        """Return what a group began with, from now on kept as a float: reading a tensor would wait for its device."""
        one = self._named(name)
        initial = group.get(f"initial_{name}")
        value = float((group[one.key] if one.item < 0 else one.of(group)) if initial is None else initial)
        group[f"initial_{name}"] = value
        return value

    def _is_tensor(self, name: str, value: Any, index: int) -> bool:
        return hyperparameters.check_value(self._named(name), value, index, {})

    def _refuse(self, name: str, value: float, step: float) -> None:
        hyperparameters.refuse(self._named(name), value, step)

    def _check_groups(self) -> None:
        hyperparameters.check(self._driven, self.optimizer.param_groups, self.mode)

    def _named(self, name: str) -> Hyperparameter:
        return next((one for one in self._driven if one.name == name), Hyperparameter(name, (), False))

    # What is read by trainers.

    def step_to(self, step: float) -> None:
        """Go to any step, forwards or backwards, and write the values there.

        Args:
            step: The number of updates made, >= 0, or the samples or tokens of a schedule over those.

        Raises:
            ValueError: For what is no such number; nothing is changed.

        Example:
            >>> import torch
            >>> import pywarmup as pw
            >>> optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
            >>> scheduler = Scheduler(optimizer, pw.Linear(0.0, 1.0, steps=4))
            >>> scheduler.step_to(3)
            >>> scheduler.get_last_lr()
            [0.75]
        """
        self._go_to(step)

    def get_lr(self) -> list[float]:  # type: ignore[override]
        """Return the rates of the groups at `last_epoch`, as floats; nothing is changed."""
        rates: list[float] | None = self._values("lr") if self.last_epoch >= 0 else None
        return [float(group["lr"]) for group in self.optimizer.param_groups] if rates is None else rates

    def get_last_lr(self) -> list[float]:  # type: ignore[override]
        """Return the rates that were written last, one float for each group; those of tensors too.

        They are the schedule's at `last_epoch`, before they were rounded to the type of a tensor.
        """
        return self.get_lr()

    @property  # type: ignore[override]
    def _last_lr(self) -> list[float]:
        return self.get_lr()

    @_last_lr.setter
    def _last_lr(self, rates: list[float]) -> None:
        """Trainers assign it after they have set `last_epoch`, from which it comes: the values are due."""
        if self.last_epoch >= 0:
            self._write()

    @property  # type: ignore[override]
    def base_lrs(self) -> list[float]:
        """What the rates are multiplied by in mode "factor", one for each group; assigned values go into the groups."""
        return [self._remember(group, "lr") for group in self.optimizer.param_groups]

    @base_lrs.setter
    def base_lrs(self, rates: list[float]) -> None:
        for group, rate in list(zip(self.optimizer.param_groups, map(float, rates), strict=True)):
            group["initial_lr"] = rate

    @property
    def schedule(self) -> Schedule | list[Schedule] | dict[str, Schedule | list[Schedule]]:
        """What drives the optimizer, as the constructor takes it."""
        given = {one.name: list(one.schedules) if one.is_for_each_group else one.schedules[0] for one in self._driven}
        return given["lr"] if list(given) == ["lr"] else given

    def __repr__(self) -> str:
        return f"Scheduler({self.schedule!r}, mode={self.mode!r}, last_epoch={self.last_epoch})"

    # For Plateau.

    @property
    def _rates(self) -> tuple[Schedule, ...]:
        return self._named("lr").schedules

    def _reduce_rates(self, reduction: Reduction | None) -> None:
        """Evaluate what it makes of the schedules of `lr` from now on, and write the values."""
        former = self._reduction
        self._reduction = reduction
        try:
            self._drive(self._targets())
            self._write()
        except BaseException:
            self._reduction = former
            self._drive(self._targets())
            raise

    # The state.

    def state_dict(self) -> dict[str, Any]:
        """Return the state: `last_epoch` is all of it, the rest tells a changed schedule.

        Returns:
            `last_epoch`, `step_count`, `fingerprint` (SHA-256) and `schedule` (JSON text, which `pywarmup.from_json`
            reads if there is one schedule for `lr`). The keys are fixed for ever.
        """
        text = checkpoint.write(self._driven, self.mode)
        return {
            "last_epoch": self.last_epoch,
            "step_count": self._step_count,
            "fingerprint": checkpoint.fingerprint(text),
            "schedule": text,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go to the step of a saved state, and write the values there into the optimizer.

        The optimizer's state may be loaded before or after. States of torch's schedulers load by `last_epoch`.

        Args:
            state_dict: What `state_dict` of this class or of one of torch's schedulers returned. It is not changed.

        Raises:
            TypeError: For what is no dictionary.
            ValueError: If the state was saved with another schedule (see `on_change`), or is none. Nothing is changed.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Scheduler: `state_dict` must be a dictionary, got {type(state_dict).__name__}")
        last_epoch, step_count = checkpoint.position(state_dict, self.count)
        former = self._driven, self.mode, self.last_epoch, self._step_count
        try:
            if "fingerprint" in state_dict:
                self._notice_change(state_dict["fingerprint"], state_dict["schedule"], last_epoch)
            self.last_epoch, self._step_count = last_epoch, step_count
            if last_epoch >= 0:  # else a part of a SequentialLR whose turn has not come
                self._write()
        except BaseException:
            self._driven, self.mode, self.last_epoch, self._step_count = former
            self._drive(self._targets())
            raise

    def _notice_change(self, fingerprint: str, text: str, step: float) -> None:
        own = checkpoint.fingerprint(checkpoint.write(self._driven, self.mode))
        if fingerprint == own or self.on_change == "keep_new":
            return
        saved, saved_mode = checkpoint.read(text)
        if saved_mode == self.mode and checkpoint.are_equal(saved, self._driven):
            return
        if self.on_change == "keep_saved":
            hyperparameters.check(saved, self.optimizer.param_groups, saved_mode)
            self._driven, self.mode = saved, _check_choice("mode", saved_mode, Mode)
            self._drive(self._targets())
        else:
            parting = checkpoint.difference(self._driven, self.mode, saved, saved_mode, step)
            problem = f"Scheduler: the state was saved with another schedule: {parting}"
            if self.on_change == "error":
                raise ValueError(f'{problem}; `on_change="keep_new"` or "keep_saved" goes on with one of them')
            warnings.warn(f"{problem}; the new one is kept", UserWarning, stacklevel=3)

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles; an optimizer in them is copied with it."""
        core = {name: getattr(self, name) for name in ("optimizer", "last_epoch", "count", "_step_count")}
        return self.__dict__ | core

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._drive(self._targets())
        follow_loads(self)


@contextmanager
def _untouched_on_failure(optimizer: Optimizer) -> Iterator[None]:
    """Take back what was written into the groups, and torch's wrapper of `step`, if the first values do not fit."""
    former, own = [dict(group) for group in optimizer.param_groups], set(vars(optimizer))
    try:
        yield
    except BaseException:
        for group, before in zip(optimizer.param_groups, former, strict=True):
            group.clear()
            group.update(before)
        for name in set(vars(optimizer)) - own:
            delattr(optimizer, name)
        raise


def _check_choice(name: str, value: Any, choices: Any) -> Any:
    if value not in get_args(choices):
        given = ", ".join(map(repr, get_args(choices)))
        raise ValueError(f"Scheduler: `{name}` must be one of {given}, got {value!r}")
    return value
