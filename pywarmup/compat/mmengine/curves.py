"""The schedulers that lead the rate to a value of its own: cosine, polynomial, cosines with restarts."""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat._curves import between, polynomial
from pywarmup.compat.mmengine.window import INF, placed, window
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine


def CosineAnnealingLR(  # noqa: N802
    T_max: float | None = None,  # noqa: N803
    eta_min: float | None = None,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    eta_min_ratio: float | None = None,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's CosineAnnealingLR: half a cosine down to `eta_min`, and up again if the window goes on.

    The lowest rate is at T_max steps after `begin`. Without a `T_max` that is `end`, when the window is over: the rate
    that is then held is that of the step before, a little above `eta_min`.

    Args:
        T_max: Steps from the top to the lowest rate, > 0; the window's length unless it is given (or is 0).
        eta_min: The lowest rate; 0 unless it or the next one is given.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        eta_min_ratio: In place of `eta_min`, its ratio to `base_lr`.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range, or both `eta_min` and `eta_min_ratio`.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.CosineAnnealingLR(T_max=4, base_lr=0.1)[:7].round(4)
        array([0.1   , 0.0854, 0.05  , 0.0146, 0.    , 0.0146, 0.05  ])

    Same as:
        mmengine `CosineAnnealingLR(optimizer, T_max, eta_min, begin, end)`.
    """
    where = window("CosineAnnealingLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("CosineAnnealingLR", base_lr)
    low = (
        0.0 if eta_min is None and eta_min_ratio is None else lowest("CosineAnnealingLR", eta_min, eta_min_ratio, base)
    )
    length: float = where.end - where.begin
    if T_max is not None and _checks.number("CosineAnnealingLR", "T_max", T_max) != 0.0:
        length = _core.check("CosineAnnealingLR", "T_max", _core.Rule.length, T_max)
    curve = between(Cosine, base, low, steps=length)
    return placed(where, base, curve if length >= where.end - where.delay else curve.past_end("mirror"))


def PolyLR(  # noqa: N802
    eta_min: float = 0,
    power: float = 1.0,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's PolyLR: eta_min + (base_lr - eta_min) * (1 - k / n)**power, where n = end - 1 - begin.

    k counts from `begin`. It is at `eta_min` at step `end - 1`, one step before the window's end. With a negative power
    mmengine divides by 0 there; here the rate of the step before is held.

    Args:
        eta_min: The rate at its end.
        power: The power.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.PolyLR(power=2.0, end=5, base_lr=0.16)[:6]
        array([0.16, 0.09, 0.04, 0.01, 0.  , 0.  ])

    Same as:
        mmengine `PolyLR(optimizer, eta_min, power, begin, end)`.
    """
    where = window("PolyLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("PolyLR", base_lr)
    low = _checks.number("PolyLR", "eta_min", eta_min)
    exponent = _checks.number("PolyLR", "power", power)
    return placed(where, base, polynomial(base, low, where.steps, exponent) if where.steps else Constant(base))


def CosineRestartLR(  # noqa: N802
    periods: Sequence[int],
    restart_weights: Sequence[float] = (1,),
    eta_min: float | None = None,
    eta_min_ratio: float | None = None,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's CosineRestartLR: half a cosine for each period, from `base_lr` times its weight.

    No period reaches `eta_min`: the next begins at that step. After the last one its last rate is held, which is that
    of the step before the lowest.

    Args:
        periods: Lengths, integers >= 0.
        restart_weights: As many factors.
        eta_min: The lowest rate; this or the next one must be given.
        eta_min_ratio: Its ratio to `base_lr`.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range, lists of different lengths, or not one lowest rate.
        TypeError: For what is no number or no list.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.CosineRestartLR([2, 4], [1, 0.5], eta_min=0.0, base_lr=0.1)[:7].round(4)
        array([0.1   , 0.05  , 0.05  , 0.0427, 0.025 , 0.0073, 0.0073])

    Same as:
        mmengine `CosineRestartLR(optimizer, periods, restart_weights, eta_min)`.
    """
    owner = "CosineRestartLR"
    where = window(owner, begin, end, last_step, by_epoch, verbose)
    base = _checks.rate(owner, base_lr)
    low = lowest(owner, eta_min, eta_min_ratio, base)
    given = _checks.numbers(owner, "periods", periods)
    lengths = [_checks.integer(owner, f"periods[{i}]", length, 0) for i, length in enumerate(given)]
    weights = _checks.numbers(owner, "restart_weights", restart_weights)
    if len(weights) != len(lengths):
        raise ValueError(
            f"{owner}: `restart_weights` must be as many as `periods` ({len(lengths)}), got {len(weights)}"
        )
    cycles = [(base * weight, length) for weight, length in zip(weights, lengths, strict=True) if length]
    return placed(where, base, _cycles(cycles, low) if cycles else Constant(base))


def lowest(owner: str, eta_min: object, eta_min_ratio: object, base_lr: float) -> float:
    """Return the lowest rate, of the two ways to give it."""
    if (eta_min is None) == (eta_min_ratio is None):
        both = f"{eta_min!r} and {eta_min_ratio!r}"
        raise ValueError(f"{owner}: one of `eta_min` and `eta_min_ratio` must be given, got {both}")
    if eta_min_ratio is None:
        return _checks.number(owner, "eta_min", eta_min)
    return base_lr * _checks.number(owner, "eta_min_ratio", eta_min_ratio)


def _cycles(cycles: list[tuple[float, int]], low: float) -> Schedule:
    *earlier, (top, length) = cycles
    last = between(Cosine, top, low, steps=length).until(length - 1) if length > 1 else Constant(top)
    return join(*[between(Cosine, value, low, steps=steps) for value, steps in earlier], last)
