"""The cosine schedules of transformers.optimization, under their own names; schedules.py says what holds for all."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compat._checks import check_last
from pywarmup.compat.transformers import curves
from pywarmup.schedule import Schedule


def get_cosine_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    *,
    base_lr: float,
) -> Schedule:
    """Return a linear warmup from 0, then waves of a cosine between the rate and 0, for ever.

    After num_training_steps the rate rises again. A warmup as long as the run or longer is followed by waves of two
    steps: 1, 0, 1, 0 times the rate.

    Args:
        num_warmup_steps: Length of the warmup. If it is negative, the wave is already under way at step 0.
        num_training_steps: Length of the run, warmup included.
        num_cycles: Waves between the warmup and the end of the run; 0.5 is a decay to 0.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_cosine_schedule_with_warmup(2, 6, base_lr=1.0)[:10].round(3)
        array([0.   , 0.5  , 1.   , 0.854, 0.5  , 0.146, 0.   , 0.146, 0.5  ,
               0.854])

    Same as:
        `transformers.get_cosine_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps, num_cycles)`.
    """
    name = "get_cosine_schedule_with_warmup"
    check_last(name, "last_epoch", last_epoch)
    return curves.cosine(
        name,
        base_lr,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
    )


def get_cosine_with_hard_restarts_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 1,
    last_epoch: int = -1,
    *,
    base_lr: float,
) -> Schedule:
    """Return a linear warmup from 0, then decays to 0 of equal length, and 0 after the run.

    A cycle that is no whole number of steps ends above 0. At a few steps (such as the 15th of 22 with 18 cycles)
    transformers rounds the phase of a restart down and gives 0; here a restart is always the peak.

    Args:
        num_warmup_steps: Length of the warmup. If it is negative, the first cycle is already under way at step 0.
        num_training_steps: Length of the run, warmup included.
        num_cycles: Decays between the warmup and the end of the run. A part of one is cut off by the end. If it is
            negative, the waves rise, though each begins at the peak.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_cosine_with_hard_restarts_schedule_with_warmup(2, 8, 2, base_lr=1.0)[:10].round(3)
        array([0.  , 0.5 , 1.  , 0.75, 0.25, 1.  , 0.75, 0.25, 0.  , 0.  ])

    Same as:
        `transformers.get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, num_warmup_steps,
        num_training_steps, num_cycles)`.
    """
    name = "get_cosine_with_hard_restarts_schedule_with_warmup"
    check_last(name, "last_epoch", last_epoch)
    return curves.cosine_with_restarts(
        name,
        base_lr,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
    )


def get_cosine_with_min_lr_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    min_lr: float | None = None,
    min_lr_rate: float | None = None,
    *,
    base_lr: float,
) -> Schedule:
    """Return a linear warmup from 0, not from the floor, then waves of a cosine down to a floor, for ever.

    After num_training_steps the rate rises again. A floor above the rate makes it rise first; one below 0 is cut at 0.

    Args:
        num_warmup_steps: Length of the warmup. If it is negative, the wave is already under way at step 0.
        num_training_steps: Length of the run, warmup included.
        num_cycles: Waves between the warmup and the end of the run; 0.5 is a decay to the floor.
        last_epoch: Without effect.
        min_lr: The floor.
        min_lr_rate: The floor as a part of base_lr. Exactly one of the two must be given.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or for both floors or none.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_cosine_with_min_lr_schedule_with_warmup(2, 6, base_lr=1.0, min_lr=0.1)[:8].round(3)
        array([0.   , 0.5  , 1.   , 0.868, 0.55 , 0.232, 0.1  , 0.232])

    Same as:
        `transformers.get_cosine_with_min_lr_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps,
        num_cycles, min_lr=min_lr, min_lr_rate=min_lr_rate)`.
    """
    name = "get_cosine_with_min_lr_schedule_with_warmup"
    check_last(name, "last_epoch", last_epoch)
    return curves.cosine(
        name,
        base_lr,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
        min_lr_rate=_floor(name, min_lr, min_lr_rate, base_lr),
    )


def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    min_lr: float | None = None,
    min_lr_rate: float | None = None,
    warmup_lr_rate: float | None = None,
    *,
    base_lr: float,
) -> Schedule:
    """Return the schedule above with steps counted from 1: nothing is 0, the floor is at num_training_steps - 1.

    The peak is at step num_warmup_steps - 1 (without warmup it is never reached), and the last update uses the floor.

    Args:
        num_warmup_steps: Length of the warmup. If it is negative, the wave is already under way at step 0.
        num_training_steps: Length of the run, warmup included.
        num_cycles: Waves between the warmup and the end of the run; 0.5 is a decay to the floor.
        last_epoch: Without effect.
        min_lr: The floor.
        min_lr_rate: The floor as a part of base_lr. Exactly one of the two must be given.
        warmup_lr_rate: Where the warmup begins, as a part of base_lr, >= 0; None is 1 / num_warmup_steps.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or for both floors or none.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> s = hf.get_cosine_with_min_lr_schedule_with_warmup_lr_rate(2, 6, base_lr=1.0, min_lr=0.1)
        >>> s[:8].round(3)
        array([0.5  , 1.   , 0.868, 0.55 , 0.232, 0.1  , 0.232, 0.55 ])

    Same as:
        `transformers.get_scheduler("cosine_warmup_with_min_lr", optimizer, num_warmup_steps, num_training_steps,
        {"min_lr": min_lr, "warmup_lr_rate": warmup_lr_rate})`.
    """
    name = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"
    check_last(name, "last_epoch", last_epoch)
    return curves.cosine_counted_from_one(
        name,
        base_lr,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
        min_lr_rate=_floor(name, min_lr, min_lr_rate, base_lr),
        warmup_lr_rate=warmup_lr_rate,
    )


def _floor(name: str, min_lr: float | None, min_lr_rate: float | None, base_lr: float) -> float:
    """The floor as a part of the rate, of two ways to say it."""
    if (min_lr is None) == (min_lr_rate is None):
        rule = "given where `min_lr` is not" if min_lr is None else "None where `min_lr` is given"
        raise ValueError(f"{name}: `min_lr_rate` must be {rule}, got {min_lr_rate!r}")
    if min_lr is None:
        return float(_core.check(name, "min_lr_rate", _core.Rule.finite, min_lr_rate))
    floor = float(_core.check(name, "min_lr", _core.Rule.finite, min_lr))
    return floor / float(_core.check(name, "base_lr", _core.Rule.positive, base_lr))
