"""torch's OneCycleLR, and the momentum that it moves the other way."""

from __future__ import annotations

from typing import Literal

from pywarmup import _core
from pywarmup.compat._phases import phased
from pywarmup.compat.torch import checks
from pywarmup.compat.torch.rules import Writing, made
from pywarmup.schedule import Schedule


def OneCycleLR(  # noqa: N802
    max_lr: float,
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    cycle_momentum: bool = True,
    base_momentum: float = 0.85,
    max_momentum: float = 0.95,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    three_phase: bool = False,
    *,
    base_lr: float | None = None,
) -> Schedule:
    """Return torch's OneCycleLR: up to the top, and down to far below where it began.

    The optimizer's own rate is not used. The top is at step pct_start * total_steps - 1 (which need not be an integer)
    and the end at total_steps - 1, so both are one step early. torch accepts one step more, where the cosine rises and
    the line is negative, and raises an error after that; this holds the end. A rise of less than one step is
    cut off at its left. The momentum is a schedule of its own: `OneCycleMomentum`.

    Args:
        max_lr: The rate at the top.
        total_steps: Length of the run, an integer >= 1.
        epochs: With `steps_per_epoch` in place of `total_steps`.
        steps_per_epoch: With `epochs` in place of `total_steps`.
        pct_start: The fraction of the run in which it rises, a float in [0, 1].
        anneal_strategy: "cos" or "linear".
        cycle_momentum: Taken so that calls need not change, as the next two.
        base_momentum: See `OneCycleMomentum`.
        max_momentum: See `OneCycleMomentum`.
        div_factor: Ratio of the top to the first rate, not 0.
        final_div_factor: Ratio of the first rate to the last, not 0.
        three_phase: Whether it returns to the first rate, as fast as it rose, before the last phase. With a `pct_start`
            above 1/2 it never gets there.
        base_lr: The optimizer's rate, taken because all others have it; not used.

    Raises:
        TypeError: For what is no number, also for lists of rates: make a schedule for each parameter group.
        ValueError: For a number outside its range, no length, or pct_start * total_steps = 1, where torch divides by 0.

    Example:
        >>> OneCycleLR(1.0, 5, pct_start=0.6, anneal_strategy="linear", div_factor=2.0, final_div_factor=1.0)[:6]
        array([0.5 , 0.75, 1.  , 0.75, 0.5 , 0.5 ])

    Same as:
        torch `OneCycleLR(optimizer, max_lr, total_steps, ...)`.
    """
    owner = "OneCycleLR"
    top = checks.number(owner, "max_lr", max_lr)
    _core.check(owner, "cycle_momentum", _core.Rule.flag, cycle_momentum)
    if base_lr is not None:
        checks.rate(owner, base_lr)
    total = _total(owner, total_steps, epochs, steps_per_epoch)
    ends = _ends(owner, total, pct_start, three_phase)
    shape = checks.choice(owner, "anneal_strategy", anneal_strategy, ("cos", "linear"))
    start = _divided(owner, "div_factor", top, div_factor)
    end = _divided(owner, "final_div_factor", start, final_div_factor)
    values = [start, top, start, end] if three_phase else [start, top, end]
    return made(one_cycle(owner, shape, ends, values))


def OneCycleMomentum(  # noqa: N802
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    base_momentum: float = 0.85,
    max_momentum: float = 0.95,
    three_phase: bool = False,
) -> Schedule:
    """Return the momentum (or the first beta) that torch's OneCycleLR writes: down where the rate goes up.

    Args:
        total_steps: As in `OneCycleLR`, like the next four.
        epochs: With `steps_per_epoch` in place of `total_steps`.
        steps_per_epoch: With `epochs` in place of `total_steps`.
        pct_start: The fraction of the run in which the rate rises, a float in [0, 1].
        anneal_strategy: "cos" or "linear".
        base_momentum: The momentum where the rate is at its top.
        max_momentum: The momentum at both ends.
        three_phase: As in `OneCycleLR`.

    Raises:
        TypeError: For what is no number.
        ValueError: As `OneCycleLR`.

    Example:
        >>> OneCycleMomentum(5, pct_start=0.6, anneal_strategy="linear", base_momentum=0.5, max_momentum=1.0)[:5]
        array([1.  , 0.75, 0.5 , 0.75, 1.  ])

    Same as:
        What torch `OneCycleLR(..., cycle_momentum=True)` writes into `momentum` or `betas[0]`.
    """
    owner = "OneCycleMomentum"
    total = _total(owner, total_steps, epochs, steps_per_epoch)
    ends = _ends(owner, total, pct_start, three_phase)
    shape = checks.choice(owner, "anneal_strategy", anneal_strategy, ("cos", "linear"))
    low = checks.number(owner, "base_momentum", base_momentum)
    high = checks.number(owner, "max_momentum", max_momentum)
    return one_cycle(owner, shape, ends, [high, low, high, high] if three_phase else [high, low, high]).schedule()


def one_cycle(owner: str, shape: str, ends: list[float], values: list[float]) -> Writing:
    """Return the rule of OneCycleLR, of the last steps of its phases and the values between them."""
    return Writing(owner, values[0], lambda base: phased(shape, ends, values), True, values[0])


def _total(owner: str, total_steps: object, epochs: object, steps_per_epoch: object) -> int:
    if total_steps is not None:
        return checks.integer(owner, "total_steps", total_steps, 1)
    if epochs is None or steps_per_epoch is None:
        raise ValueError(f"{owner}: `total_steps` must be given, or both `epochs` and `steps_per_epoch`")
    return checks.integer(owner, "epochs", epochs, 1) * checks.integer(owner, "steps_per_epoch", steps_per_epoch, 1)


def _ends(owner: str, total: int, pct_start: object, three_phase: object) -> list[float]:
    if not isinstance(pct_start, float):
        raise (TypeError if isinstance(pct_start, bool | str) else ValueError)(
            f"{owner}: `pct_start` must be a float in [0, 1], got {pct_start!r}"
        )
    fraction = checks.between(owner, "pct_start", pct_start, 0.0, 1.0, "a float in [0, 1]")
    _core.check(owner, "three_phase", _core.Rule.flag, three_phase)
    first = fraction * total - 1
    if first == 0:
        raise ValueError(f"{owner}: `pct_start` must not be 1 / total_steps (torch divides by 0), got {pct_start!r}")
    return [first, 2 * fraction * total - 2, total - 1.0] if three_phase else [first, total - 1.0]


def _divided(owner: str, field: str, value: float, divisor: object) -> float:
    given = checks.number(owner, field, divisor)
    if given == 0:
        raise ValueError(f"{owner}: `{field}` must be a number other than 0, got {divisor!r}")
    return value / given
