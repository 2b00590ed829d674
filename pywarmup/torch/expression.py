"""A schedule's formula in PyTorch's own operations, for steps that are tensors: `expression(schedule)`."""

from __future__ import annotations

from typing import Any

import torch

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.trace import names_of, write


def expression(schedule: Schedule, *, dtype: torch.dtype = torch.float64) -> Expression:
    """Return a schedule as a function of a tensor of steps, for compiled steps and CUDA graphs.

    It computes the schedule's own formula with tensor operations: `torch.compile(fullgraph=True)` compiles it without
    a graph break, and does not compile it again when the step moves. Shapes without a formula (a table, milestones)
    keep their entries on the device of the steps.

    Whole steps are subtracted as 64-bit integers before anything is rounded, so a run may have 2**53 of them, in
    float32 too. Only beside lengths and boundaries that are no integers are steps made real numbers first: in float32
    such a schedule loses its place after 2**24 steps.

    Args:
        schedule: Any schedule.
        dtype: The floating dtype of the values. float64 is the default because it agrees with the schedule, and
            is free: a learning rate is one number, and one of no dimensions does not turn float32 parameters into
            float64 ones. float32 is for devices without float64, such as Apple's.

    Returns:
        A function of a tensor of integers or real numbers from 0 to 2**53, of any shape and on any device (not
        checked: that would wait for the device). It returns a tensor of `dtype`, of the same shape on the same
        device; within 1e-15 of the peak of the schedule's own values in float64, and 4e-7 in float32 (1e-6 for
        exponential growth). Lower dtypes are rounded from float32, and all of them from float64 at float64 steps.

    Raises:
        TypeError: For what is no schedule, or another dtype; the function, for what is no tensor of steps.

    Example:
        >>> import pywarmup as pw
        >>> lr = expression(pw.Linear(0.0, 0.1, steps=2))
        >>> lr
        expression(Linear(init_value=0.0, end_value=0.1, steps=2), dtype=torch.float64)
        >>> lr(torch.tensor(1))
        tensor(0.0500, dtype=torch.float64)
        >>> compiled = torch.compile(lr, fullgraph=True, backend="eager")
        >>> compiled(torch.arange(4))
        tensor([0.0000, 0.0500, 0.1000, 0.1000], dtype=torch.float64)
    """
    _core.check("expression", "schedule", _core.Rule.schedule, schedule)
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"expression: `dtype` must be a floating torch.dtype, got {dtype!r}")
    return Expression(schedule, dtype)


class Expression:
    """What `expression` returns."""

    def __init__(self, schedule: Schedule, dtype: torch.dtype) -> None:
        self.schedule = schedule
        self.dtype = dtype
        self._whole = write(schedule, _NAMES, whole=True)
        self._real = write(schedule, _NAMES, whole=False)
        self._tables: dict[tuple[bool, torch.dtype, torch.device], list[torch.Tensor]] = {}

    def __call__(self, steps: torch.Tensor) -> torch.Tensor:
        """Return the values at a tensor of steps."""
        _check(steps)
        is_whole = not steps.is_floating_point()
        formula = self._whole if is_whole else self._real
        real = torch.float64 if torch.float64 in (self.dtype, steps.dtype) else torch.float32
        tables = self._on(steps.device, real, is_whole)
        values: torch.Tensor = formula.run(steps, tables, torch.int64, real, torch.finfo(real).max)
        return values.to(self.dtype)

    @torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
    def _on(self, device: torch.device, real: torch.dtype, is_whole: bool) -> list[torch.Tensor]:
        """Return the tables on a device, where they stay."""
        key = (is_whole, real, device)
        if key in self._tables:
            return self._tables[key]
        arrays = (torch.from_numpy(table) for table in (self._whole if is_whole else self._real).tables)
        with torch.inference_mode(False):  # they outlive this call
            tables = [array.to(device, real if array.is_floating_point() else torch.int64) for array in arrays]
        if all(type(table) is torch.Tensor for table in tables):  # and not what an export traces with
            self._tables[key] = tables
        return tables

    def __reduce__(self) -> tuple[Any, ...]:
        return Expression, (self.schedule, self.dtype)

    def __repr__(self) -> str:
        return f"expression({self.schedule!r}, dtype={self.dtype})"


def _check(steps: object) -> None:
    if not isinstance(steps, torch.Tensor):
        given = type(steps).__name__
        raise TypeError(f"expression: `steps` must be a tensor, got {given}; for numbers call the schedule itself")
    if steps.dtype == torch.bool or steps.is_complex():
        raise TypeError(f"expression: `steps` must be integers or real numbers, got {steps.dtype}")


def _minimum(array: torch.Tensor, bound: Any) -> torch.Tensor:
    return torch.clamp(array, max=bound)


def _maximum(array: torch.Tensor, bound: Any) -> torch.Tensor:
    return torch.clamp(array, min=bound)


def _search(table: torch.Tensor, steps: torch.Tensor, side: str) -> torch.Tensor:
    return torch.searchsorted(table, steps.contiguous(), side=side)  # else it warns


def _take(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Take entries; compiled code would read an index of no dimensions, or that of torch.take, on the host."""
    return table[index.unsqueeze(-1)].squeeze(-1)


_NAMES = names_of(torch, cast=torch.Tensor.to, maximum=_maximum, minimum=_minimum, searchsorted=_search, take=_take)
