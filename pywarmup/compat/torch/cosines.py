"""torch's CosineAnnealingLR, CosineAnnealingWarmRestarts and SWALR."""

from __future__ import annotations

from typing import Literal

from pywarmup.compat.torch import checks
from pywarmup.compat.torch.rules import Annealing, Approaching, Writing, made
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant


def CosineAnnealingLR(T_max: float, eta_min: float = 0.0, *, base_lr: float) -> Schedule:  # noqa: N802, N803
    """Return torch's CosineAnnealingLR: half a wave down, and up again past its end.

    The floor is reached at step `T_max`, which a run of `T_max` updates does not use; every step past it rises, back
    to `base_lr` at 2 * `T_max`. `eta_min` is a rate, not a fraction, and may be above `base_lr`.

    Args:
        T_max: Length of half a wave, not 0; a negative one is as good as a positive one.
        eta_min: The rate at its end.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> CosineAnnealingLR(2, 0.02, base_lr=0.1)[:5]
        array([0.1 , 0.06, 0.02, 0.06, 0.1 ])

    Same as:
        torch `CosineAnnealingLR(optimizer, T_max, eta_min)`.
    """
    return made(cosine(T_max, eta_min, base_lr))


def cosine(T_max: float, eta_min: float, base_lr: float) -> Annealing:  # noqa: N803
    """Return the rule of CosineAnnealingLR."""
    owner = "CosineAnnealingLR"
    half = abs(checks.number(owner, "T_max", T_max))
    if half == 0 or half > checks.LARGEST_STEP:
        raise ValueError(f"{owner}: `T_max` must be a number of steps other than 0 and <= 2**53, got {T_max!r}")
    floor = checks.number(owner, "eta_min", eta_min)
    return Annealing(owner, checks.rate(owner, base_lr), floor, half, lambda a, b: checks.ramp("cos", a, b, half))


def CosineAnnealingWarmRestarts(  # noqa: N802
    T_0: int,  # noqa: N803
    T_mult: int = 1,  # noqa: N803
    eta_min: float = 0.0,
    *,
    base_lr: float,
) -> Schedule:
    """Return torch's CosineAnnealingWarmRestarts: half waves, each of which begins at the rate again.

    A restart step has the full rate. torch's `step(epoch)` computes cycles by a logarithm and is one off at some
    restarts; its `step()` counts, and so does this.

    Args:
        T_0: Length of the first cycle, an integer >= 1.
        T_mult: Ratio of the length of a cycle to the one before, an integer >= 1.
        eta_min: The rate that a cycle approaches.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> CosineAnnealingWarmRestarts(2, base_lr=0.1)[:5]
        array([0.1 , 0.05, 0.1 , 0.05, 0.1 ])

    Same as:
        torch `CosineAnnealingWarmRestarts(optimizer, T_0, T_mult, eta_min)`.
    """
    return made(restarts(T_0, T_mult, eta_min, base_lr))


def restarts(T_0: int, T_mult: int, eta_min: float, base_lr: float) -> Writing:  # noqa: N803
    """Return the rule of CosineAnnealingWarmRestarts."""
    owner = "CosineAnnealingWarmRestarts"
    length = checks.integer(owner, "T_0", T_0, 1)
    growth = checks.integer(owner, "T_mult", T_mult, 1)
    floor = checks.number(owner, "eta_min", eta_min)
    rate = checks.rate(owner, base_lr)
    return Writing(owner, rate, lambda base: checks.ramp("cos", base, floor, length).repeat(growth=growth))


def SWALR(  # noqa: N802
    swa_lr: float,
    anneal_epochs: int = 10,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    *,
    base_lr: float,
) -> Schedule:
    """Return torch's SWALR: from the rate to a constant one.

    torch starts from whatever rate the optimizer has when the scheduler is made: that is `base_lr`. The constant rate
    is reached at step `anneal_epochs`, at once if that is 0.

    Args:
        swa_lr: The constant rate.
        anneal_epochs: Steps to it, an integer >= 0.
        anneal_strategy: "cos" or "linear".
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or another strategy.

    Example:
        >>> SWALR(0.05, 2, base_lr=0.1)[:4]
        array([0.1  , 0.075, 0.05 , 0.05 ])

    Same as:
        torch `SWALR(optimizer, swa_lr, anneal_epochs, anneal_strategy)` of `torch.optim.swa_utils`.
    """
    return made(swa(swa_lr, anneal_epochs, anneal_strategy, base_lr))


def swa(swa_lr: float, anneal_epochs: int, anneal_strategy: str, base_lr: float) -> Approaching:
    """Return the rule of SWALR."""
    owner = "SWALR"
    end = checks.number(owner, "swa_lr", swa_lr)
    steps = checks.integer(owner, "anneal_epochs", anneal_epochs, 0)
    shape = checks.choice(owner, "anneal_strategy", anneal_strategy, ("cos", "linear"))

    def curve(rate: float) -> Schedule:
        return checks.ramp(shape, rate, end, steps) if steps else Constant(end)

    return Approaching(owner, checks.rate(owner, base_lr), curve)
