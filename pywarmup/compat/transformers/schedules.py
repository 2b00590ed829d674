"""The schedules of transformers.optimization, under their own names.

A step is what transformers passes to the factor of its `LambdaLR`: the updates already made. `last_epoch` is accepted
and changes nothing, because a schedule is asked for any step. Numbers of steps may be real or negative, and a warmup
may be as long as the run or longer, as there: transformers says nothing, and the peak may never be reached.
"""

from __future__ import annotations

from pywarmup.compat._checks import check_last, check_steps
from pywarmup.compat.transformers import curves
from pywarmup.schedule import Schedule


def get_constant_schedule(last_epoch: int = -1, *, base_lr: float) -> Schedule:
    """Return the rate of the optimizer, for ever.

    Args:
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_constant_schedule(base_lr=0.1)(1_000)
        0.1

    Same as:
        `transformers.get_constant_schedule(optimizer)`.
    """
    check_last("get_constant_schedule", "last_epoch", last_epoch)
    return curves.constant("get_constant_schedule", base_lr)


def get_constant_schedule_with_warmup(num_warmup_steps: float, last_epoch: int = -1, *, base_lr: float) -> Schedule:
    """Return a linear warmup from 0, then the rate of the optimizer.

    The first update uses the rate 0; the peak is at step num_warmup_steps.

    Args:
        num_warmup_steps: Length of the warmup; none if it is negative.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_constant_schedule_with_warmup(2, base_lr=0.1)[:4]
        array([0.  , 0.05, 0.1 , 0.1 ])

    Same as:
        `transformers.get_constant_schedule_with_warmup(optimizer, num_warmup_steps)`.
    """
    name = "get_constant_schedule_with_warmup"
    check_last(name, "last_epoch", last_epoch)
    return curves.constant_with_warmup(name, base_lr, num_warmup_steps=num_warmup_steps)


def get_linear_schedule_with_warmup(
    num_warmup_steps: float, num_training_steps: float, last_epoch: int = -1, *, base_lr: float
) -> Schedule:
    """Return a linear warmup from 0, then a linear decay to 0, which is held.

    The first update uses the rate 0; no update of the run uses the end, which is at step num_training_steps. A warmup
    as long as the run or longer is followed by 0 at once: the peak is never reached.

    Args:
        num_warmup_steps: Length of the warmup. If it is negative, the decay is already under way at step 0.
        num_training_steps: Length of the run, warmup included.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_linear_schedule_with_warmup(2, 6, base_lr=0.1)[:8]
        array([0.   , 0.05 , 0.1  , 0.075, 0.05 , 0.025, 0.   , 0.   ])
        >>> hf.get_linear_schedule_with_warmup(4, 4, base_lr=0.1)[:5]
        array([0.   , 0.025, 0.05 , 0.075, 0.   ])

    Same as:
        `transformers.get_linear_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps)`.
    """
    name = "get_linear_schedule_with_warmup"
    check_last(name, "last_epoch", last_epoch)
    return curves.linear(name, base_lr, num_warmup_steps=num_warmup_steps, num_training_steps=num_training_steps)


def get_polynomial_decay_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    lr_end: float = 1e-7,
    power: float = 1.0,
    last_epoch: int = -1,
    *,
    base_lr: float,
) -> Schedule:
    """Return a linear warmup from 0, then a polynomial decay to lr_end, which is held.

    The end is not 0 unless one asks for it. A warmup as long as the run or longer is followed by lr_end at once, also
    where transformers divides by zero, at step num_training_steps = num_warmup_steps.

    Args:
        num_warmup_steps: Length of the warmup. If it is negative, the decay is already under way at step 0.
        num_training_steps: Length of the run, warmup included.
        lr_end: The rate after the run, >= 0 and less than base_lr. (transformers takes a negative one.)
        power: Power of the remaining fraction. With 0 the rate is kept up to step num_training_steps, with a negative
            one it grows until then, where transformers divides by zero and this is at lr_end.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, > 0: its default (`optimizer.defaults["lr"]`) and that of its groups.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or if both numbers of steps are 0.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_polynomial_decay_schedule_with_warmup(2, 6, base_lr=0.1, power=2)[:8].round(4)
        array([0.    , 0.05  , 0.1   , 0.0563, 0.025 , 0.0063, 0.    , 0.    ])
        >>> hf.get_polynomial_decay_schedule_with_warmup(2, 6, base_lr=0.1)(6)
        1e-07

    Same as:
        `transformers.get_polynomial_decay_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps,
        lr_end, power)`.
    """
    name = "get_polynomial_decay_schedule_with_warmup"
    check_last(name, "last_epoch", last_epoch)
    return curves.polynomial(
        name,
        base_lr,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        lr_end=lr_end,
        power=power,
        lr_init=base_lr,
    )


def get_inverse_sqrt_schedule(
    num_warmup_steps: float, timescale: float | None = None, last_epoch: int = -1, *, base_lr: float
) -> Schedule:
    """Return a linear warmup from 0, then a decay by the square root of time, without end.

    Args:
        num_warmup_steps: Length of the warmup; >= 0 unless timescale is given.
        timescale: Steps, > 0; None is num_warmup_steps, or 10,000 without warmup.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_inverse_sqrt_schedule(4, base_lr=1.0)([0, 2, 4, 16])
        array([0. , 0.5, 1. , 0.5])

    Same as:
        `transformers.get_inverse_sqrt_schedule(optimizer, num_warmup_steps, timescale)`.
    """
    name = "get_inverse_sqrt_schedule"
    check_last(name, "last_epoch", last_epoch)
    return curves.inverse_sqrt(name, base_lr, num_warmup_steps=num_warmup_steps, timescale=timescale)


def get_wsd_schedule(
    num_warmup_steps: float,
    num_decay_steps: float,
    num_training_steps: float | None = None,
    num_stable_steps: float | None = None,
    warmup_type: str = "linear",
    decay_type: str = "cosine",
    min_lr_ratio: float = 0,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    *,
    base_lr: float,
) -> Schedule:
    """Return a warmup from the floor, a stable stage, a decay to the floor, which is held.

    The warmup begins at min_lr_ratio * base_lr. A warmup and a decay that are together longer than the run overlap: the
    warmup wins, and then the decay begins in its middle.

    Args:
        num_warmup_steps: Length of the warmup.
        num_decay_steps: Length of the decay.
        num_training_steps: Length of the run; without effect if num_stable_steps is given.
        num_stable_steps: Length of the stable stage; None is what the other two leave of num_training_steps.
        warmup_type: "linear", "cosine" or "1-sqrt".
        decay_type: "linear", "cosine" or "1-sqrt".
        min_lr_ratio: The floor as a part of base_lr. A negative rate is cut at 0 (transformers: only before the end).
        num_cycles: Waves of a decay "cosine"; 0.5 is a decay to the floor, others jump to it at the end.
        last_epoch: Without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, an unknown type, or neither of the two lengths.

    Example:
        >>> from pywarmup.compat import transformers as hf
        >>> hf.get_wsd_schedule(2, 2, 6, decay_type="1-sqrt", min_lr_ratio=0.1, base_lr=1.0)[:8].round(3)
        array([0.1  , 0.55 , 1.   , 1.   , 1.   , 0.364, 0.1  , 0.1  ])

    Same as:
        `transformers.get_wsd_schedule(optimizer, num_warmup_steps, num_decay_steps, num_training_steps, ...)`.
    """
    name = "get_wsd_schedule"
    check_last(name, "last_epoch", last_epoch)
    return curves.warmup_stable_decay(
        name,
        base_lr,
        num_warmup_steps=num_warmup_steps,
        num_stable_steps=_stable(name, num_stable_steps, num_training_steps, num_warmup_steps, num_decay_steps),
        num_decay_steps=num_decay_steps,
        warmup_type=warmup_type,
        decay_type=decay_type,
        min_lr_ratio=min_lr_ratio,
        num_cycles=num_cycles,
    )


def _stable(name: str, stable: float | None, total: float | None, warmup: float, decay: float) -> float:
    """The length of the stable stage, of two ways to say it."""
    if stable is not None:
        return check_steps(name, "num_stable_steps", stable)
    if total is None:
        raise ValueError(f"{name}: `num_training_steps` must be given where `num_stable_steps` is not, got None")
    others = check_steps(name, "num_warmup_steps", warmup) + check_steps(name, "num_decay_steps", decay)
    return check_steps(name, "num_training_steps", total) - others
