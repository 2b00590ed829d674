"""The one that follows a metric."""

from __future__ import annotations

from typing import Any, NoReturn


def PlateauLRScheduler(*arguments: Any, **keywords: Any) -> NoReturn:  # noqa: N802
    """Refuse: it lowers the rate when a metric stalls, so no function of the step equals it.

    Raises:
        ValueError: Always; `pywarmup.torch.Plateau` follows a metric after any schedule.

    Example:
        >>> from pywarmup.compat import timm
        >>> timm.PlateauLRScheduler(patience_t=5)
        Traceback (most recent call last):
        ...
        ValueError: PlateauLRScheduler: it follows a metric, not the step; use pywarmup.torch.Plateau
    """
    raise ValueError("PlateauLRScheduler: it follows a metric, not the step; use pywarmup.torch.Plateau")
