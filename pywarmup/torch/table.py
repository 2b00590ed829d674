"""A schedule's values as a tensor: `values(schedule)`."""

from __future__ import annotations

from typing import Any, SupportsIndex

import numpy as np
import torch
from numpy.typing import NDArray

from pywarmup import _core
from pywarmup.schedule import Schedule


def values(
    schedule: Schedule,
    n: SupportsIndex | None = None,
    *,
    device: torch.device | str | int | None = None,
    dtype: torch.dtype = torch.float64,
) -> torch.Tensor:
    """Return the values at steps 0 to n-1 as a tensor.

    Args:
        schedule: Any schedule.
        n: How many values, >= 0; the whole schedule unless it is given.
        device: Where the tensor lives, torch's default unless it is given.
        dtype: A floating dtype; the values are rounded once, from float64.

    Returns:
        A tensor of shape (n,) of that dtype on that device.

    Raises:
        TypeError: For what is no schedule, an `n` that is no integer, or another dtype.
        ValueError: For a negative `n`, or an endless schedule without `n`.

    Example:
        >>> import pywarmup as pw
        >>> values(pw.Linear(0.0, 1.0, steps=4))
        tensor([0.0000, 0.2500, 0.5000, 0.7500], dtype=torch.float64)
        >>> values(pw.Linear(0.0, 1.0, steps=4), 6, dtype=torch.bfloat16)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000, 1.0000], dtype=torch.bfloat16)
    """
    _core.check("values", "schedule", _core.Rule.schedule, schedule)
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"values: `dtype` must be a floating torch.dtype, got {dtype!r}")
    array = schedule.array(n, dtype=np.float32 if dtype == torch.float32 else None)
    if dtype not in (torch.float64, torch.float32):
        array = _round_to_odd(array)
    target = torch.get_default_device() if device is None else device
    return torch.from_numpy(array).to(dtype).to(target)


def _round_to_odd(array: NDArray[np.float64]) -> NDArray[Any]:
    """Return float32 numbers that round on to a lower dtype as the float64 ones would.

    PyTorch rounds to float32 first. There a number that is not exact is cut off and its last bit set, so that the
    second rounding sees on which side it lies.
    """
    with np.errstate(over="ignore", under="ignore"):
        single = array.astype(np.float32)
    inexact = single != array
    bits = single.view(np.int32)
    bits -= np.abs(single) > np.abs(array)
    bits |= inexact
    return single
