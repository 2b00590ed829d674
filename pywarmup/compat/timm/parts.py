"""What timm's schedulers share: the warmup before the curve, and no noise."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compat._curves import between
from pywarmup.compat._stages import from_step
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Linear

Rule = _core.Rule
Noise = list[int] | tuple[int, int] | int | None


def refuse_noise(owner: str, noise_range_t: Noise) -> None:
    """Refuse noise, with the reason."""
    if noise_range_t is not None:
        raise ValueError(
            f"{owner}: `noise_range_t` must be None, got {noise_range_t!r}; "
            "timm draws its noise from torch's random generator, which a function of the step cannot"
        )


def warmup_length(owner: str, warmup_t: float) -> float:
    """Return `warmup_t`, checked. timm takes negative ones, which mean no warmup (but see `warmed`)."""
    number: float = _core.check(owner, "warmup_t", Rule.finite, warmup_t)
    if number >= 0.0:
        number = _core.check(owner, "warmup_t", Rule.delay, warmup_t)
    return number


def warmed(
    owner: str, after: Schedule, peak: float, *, warmup_t: float, warmup_lr_init: float, prefix: bool
) -> Schedule:
    """Return a linear warmup up to the peak, and then the curve.

    With `prefix` the curve begins at its step 0 when the warmup ends (timm subtracts `warmup_t` whatever its sign);
    without, the warmup lies over its first steps.
    """
    start = _core.check(owner, "warmup_lr_init", Rule.finite, warmup_lr_init)
    if warmup_t <= 0:
        return from_step(after, -warmup_t) if prefix else after
    rest = after if prefix else from_step(after, warmup_t)
    return join(between(Linear, start, peak, steps=warmup_t), rest)
