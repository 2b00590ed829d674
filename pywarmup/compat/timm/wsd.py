"""timm's warmup, stable, decay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from pywarmup import _core
from pywarmup.compat.timm.parts import Noise, refuse_noise, warmed, warmup_length
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import (
    Constant,
    Cosine,
    InverseSqrt,
    Linear,
    OneMinusSqrt,
    Polynomial,
    PowerLaw,
    ScaledExponential,
    Table,
)

Rule = _core.Rule
Stable: TypeAlias = Literal["constant", "rsqrt", "power"]
Decay: TypeAlias = Literal["linear", "1-sqrt", "cosine", "power", "exp"]
Decline: TypeAlias = Callable[[float, float], Schedule]  # the decay from a value to another
LARGEST_TABLE = 10_000_000


class Lengths(NamedTuple):
    """How long the warmup, the stable phase and the decay last."""

    warmup: float
    stable: float
    decay: float


def WSDLRScheduler(  # noqa: N802
    t_initial: float,
    decay_t: float,
    lr_min: float = 0.0,
    stable_fn: Stable = "constant",
    stable_timescale: float | None = None,
    stable_power: float = 0.5,
    decay_fn: Decay | Callable[[float], float] = "1-sqrt",
    decay_power: float = 0.5,
    decay_ratio: float = 0.1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    t_in_epochs: bool = True,
    noise_range_t: Noise = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int = 42,
    initialize: bool = True,
    *,
    base_lr: float,
) -> Schedule:
    """Return timm's warmup, stable, decay.

    The warmup is always a prefix: step `warmup_t` has the first stable value, and `lr_min` comes at
    `warmup_t + t_initial`, one step after the run. A stable function that falls goes on falling under the decay. Where
    the stable value would be below `lr_min`, it is `lr_min`: the warmup still rises towards `base_lr`.

    Args:
        t_initial: Length of the stable phase and the decay together, > 0.
        decay_t: Length of the decay, > 0 and at most t_initial.
        lr_min: Value at the end and after, >= 0.
        stable_fn: "constant"; "rsqrt", base_lr * (1 + t / stable_timescale)**-0.5; "power", with stable_power.
        stable_timescale: Steps, > 0; None is warmup_t.
        stable_power: Power of "power", > 0.
        decay_fn: With u going from 0 to 1 over decay_t: "linear", 1 - u; "1-sqrt"; "cosine"; "power",
            1 - u**decay_power; "exp", (r**u - r) / (1 - r), r being decay_ratio; or a function of u, of which a table
            is made: it is called for each step of the decay but the first, and the lengths must be integers.
        decay_power: Power of "power", > 0.
        decay_ratio: Ratio of "exp", > 0 and < 1.
        warmup_t: Length of the warmup; 0 is none, and less skips the first steps of the stable phase.
        warmup_lr_init: Value at step 0 of the warmup.
        t_in_epochs: No effect.
        noise_range_t: None.
        noise_pct: No effect.
        noise_std: No effect.
        noise_seed: No effect.
        initialize: No effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, an unknown name, or noise.

    Example:
        >>> from pywarmup.compat import timm
        >>> s = timm.WSDLRScheduler(80, 20, warmup_t=10, base_lr=0.1)
        >>> s([0, 5, 10, 70, 75, 90])
        array([0.  , 0.05, 0.1 , 0.1 , 0.05, 0.  ])

    Same as:
        `timm.scheduler.WSDLRScheduler(optimizer, ...)`.

    References:
        Hu et al. 2024, arXiv:2404.06395, section 4.3; Hägele et al. 2024, arXiv:2405.18392.
    """
    owner = "WSDLRScheduler"
    refuse_noise(owner, noise_range_t)
    base = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    floor = _core.check(owner, "lr_min", Rule.non_negative, lr_min)
    lengths = _lengths(owner, t_initial, decay_t, warmup_t)
    stable = _stable(owner, base, lengths.warmup, stable_fn, stable_timescale, stable_power)
    decline = _decline(owner, lengths, decay_fn, decay_power, decay_ratio)
    after = _annealed(stable, floor, lengths.stable, decline)
    return warmed(owner, after, base, warmup_t=lengths.warmup, warmup_lr_init=warmup_lr_init, prefix=True)


def _lengths(owner: str, t_initial: float, decay_t: float, warmup_t: float) -> Lengths:
    total = _core.check(owner, "t_initial", Rule.length, t_initial)
    decay = _core.check(owner, "decay_t", Rule.length, decay_t)
    if decay > total:
        raise ValueError(f"{owner}: `decay_t` must be at most `t_initial` ({t_initial!r}), got {decay_t!r}")
    return Lengths(warmup_length(owner, warmup_t), total - decay, decay)


def _stable(
    owner: str, base: float, warmup: float, stable_fn: Stable, timescale: float | None, power: float
) -> Schedule:
    exponent = _core.check(owner, "stable_power", Rule.positive, power)
    _core.check(owner, "stable_timescale", Rule.optional_finite, timescale)
    if stable_fn not in ("constant", "rsqrt", "power"):
        raise ValueError(f"{owner}: `stable_fn` must be 'constant', 'rsqrt' or 'power', got {stable_fn!r}")
    if stable_fn == "constant":
        return Constant(base)
    if timescale is None and warmup <= 0:
        raise ValueError(f"{owner}: `stable_timescale` must be given where there is no warmup, got None")
    scale = _core.check(owner, "stable_timescale", Rule.length, warmup if timescale is None else timescale)
    if stable_fn == "rsqrt":
        return InverseSqrt(base, timescale=scale)
    return PowerLaw(base, power=-exponent, timescale=scale)


def _decline(
    owner: str, lengths: Lengths, decay_fn: Decay | Callable[[float], float], power: float, ratio: float
) -> Decline:
    power = _core.check(owner, "decay_power", Rule.positive, power)
    ratio = _core.check(owner, "decay_ratio", Rule.positive, ratio)
    if ratio >= 1.0:
        raise ValueError(f"{owner}: `decay_ratio` must be less than 1, got {ratio!r}")
    steps = lengths.decay
    if callable(decay_fn):
        table = _table(owner, lengths, decay_fn)
        return lambda top, bottom: table * (top - bottom) + bottom
    styles: dict[Any, Decline] = {
        "linear": lambda top, bottom: Linear(top, bottom, steps=steps),
        "1-sqrt": lambda top, bottom: OneMinusSqrt(top, bottom, steps=steps),
        "cosine": lambda top, bottom: Cosine(top, bottom, steps=steps),
        "power": lambda top, bottom: Polynomial(bottom, top, steps=steps, power=power).reverse(),
        "exp": lambda top, bottom: ScaledExponential(top, bottom, steps=steps, ratio=ratio),
    }
    if not isinstance(decay_fn, str) or decay_fn not in styles:
        known = ", ".join(repr(name) for name in styles)
        raise ValueError(f"{owner}: `decay_fn` must be {known} or a function, got {decay_fn!r}")
    return styles[decay_fn]


def _table(owner: str, lengths: Lengths, decay_fn: Callable[[float], float]) -> Schedule:
    """Return the values of a function; timm does not ask it at the first step of the decay, which is still stable."""
    if not all(float(length).is_integer() for length in lengths) or lengths.decay > LARGEST_TABLE:
        raise ValueError(
            f"{owner}: `decay_t` must be an integer of at most {LARGEST_TABLE} where `decay_fn` is a function, and the "
            f"other lengths integers too, got {lengths.decay!r}"
        )
    steps = int(lengths.decay)
    fractions = [step / steps for step in range(1, steps + 1)]
    return Table([1.0, *(_core.check(owner, "decay_fn(...)", Rule.finite, decay_fn(one)) for one in fractions)])


def _annealed(stable: Schedule, floor: float, stable_t: float, decline: Decline) -> Schedule:
    """Return the stable phase and the decay, one after the other; or their product, if the one goes on in the other."""
    if isinstance(stable, Constant):
        peak = max(stable.value, floor)
        stages = [Constant(peak, steps=stable_t)] if stable_t else []
        return join(*stages, decline(peak, floor))
    stages = [Constant(1.0, steps=stable_t)] if stable_t else []
    fading = join(*stages, decline(1.0, 0.0))
    return (stable.clip(lower=floor) - floor) * fading + floor if floor else stable * fading
