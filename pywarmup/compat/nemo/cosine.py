"""NeMo's cosine, which has two kinds of warmup."""

from __future__ import annotations

from pywarmup.compat._curves import between
from pywarmup.compat.nemo.run import Run, a_run, steps_or_ratio
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear


def CosineAnnealing(  # noqa: N802
    *,
    max_steps: float,
    min_lr: float = 0,
    last_epoch: int = -1,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    constant_steps: float | None = None,
    constant_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, then half a cosine to `min_lr` at `max_steps`.

    With `constant_steps` the cosine ends so many steps earlier, and the warmup is another one: t / warmup_steps of the
    first group's rate, from 0. Fewer than 0 of them make the cosine longer than the run, which cuts it off.

    Args:
        max_steps: The last step of the run, warmup included.
        min_lr: The end of the cosine; at most base_lr, and with constant_steps less.
        last_epoch: An integer >= -1, without effect.
        warmup_steps: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        constant_steps: Steps at the end of the run that have min_lr.
        constant_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a length given twice, or a min_lr above base_lr.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.CosineAnnealing(max_steps=100, min_lr=0.1, warmup_steps=10, base_lr=1.0)([0, 10, 55, 100]).round(4)
        array([0.0909, 1.    , 0.55  , 0.1   ])

    Same as:
        `CosineAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "CosineAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    constant = steps_or_ratio(run.owner, "constant", constant_steps, constant_ratio, run.total)
    rule = "at most" if constant == 0 else "less than"
    if run.floor > run.peak or (constant != 0 and run.floor == run.peak):
        raise ValueError(f"{run.owner}: `min_lr` must be {rule} `base_lr` ({run.peak!r}), got {min_lr!r}")
    steps = run.steps_after(run.warmup) - constant
    if constant == 0:
        return run.decayed(steps, lambda steps: between(Cosine, run.peak, run.floor, steps=steps))
    return _with_constant_steps(run, steps)


def _with_constant_steps(run: Run, steps: float) -> Schedule:
    if steps == 0 and run.warmup == 0 and run.steps_after(0) >= 0:
        raise ValueError(f"{run.owner}: `constant_steps` must leave steps for the decay, got {run.total!r}")
    decay = between(Cosine, run.peak, run.floor, steps=steps) if steps > 0 else Constant(run.floor)
    return FromZero(run.owner, run.peak, run.floor, run.warmup, run.total).laid_out(decay)


class FromZero(Run):
    """A run whose warmup begins at 0, as Megatron's."""

    def rise(self) -> Schedule:
        """Return the warmup."""
        return Linear(0.0, self.peak, steps=self.warmup)
