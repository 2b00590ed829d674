"""The `lr_lambda`s of transformers.optimization as schedules: one function each, with the same keywords.

Each takes the rate that the lambda multiplies. A stage begins at an absolute step there, so it may begin before step 0
(negative `num_warmup_steps`) or within another one; `laid_out` is that rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from pywarmup import _core
from pywarmup.compat._checks import check_steps, choice
from pywarmup.compat._curves import not_negative, to_a_pole
from pywarmup.compat._stages import Stage, laid_out
from pywarmup.compose import join, maximum
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, InverseSqrt, Linear, OneMinusSqrt, Polynomial

Rule = _core.Rule
SHORTEST, LONGEST = 2.0**-53, 2.0**53  # of a wave, in steps
STYLES: dict[str, Callable[..., Schedule]] = {"linear": Linear, "cosine": Cosine, "1-sqrt": OneMinusSqrt}


def constant(owner: str, base: float) -> Schedule:
    """`_get_constant_lambda`."""
    return Constant(_rate(owner, base))


def constant_with_warmup(owner: str, base: float, *, num_warmup_steps: float) -> Schedule:
    """`_get_constant_schedule_with_warmup_lr_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    return laid_out(_warmup(peak, warmup), (warmup, math.inf, Constant(peak)))


def linear(owner: str, base: float, *, num_warmup_steps: float, num_training_steps: float) -> Schedule:
    """`_get_linear_schedule_with_warmup_lr_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    rest = check_steps(owner, "num_training_steps", num_training_steps) - warmup
    decay = Linear(peak * min(1, rest), 0.0, steps=rest) if rest > 0 else Constant(0.0)
    return laid_out(_warmup(peak, warmup), (warmup, math.inf, decay))


def cosine(
    owner: str,
    base: float,
    *,
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float,
    min_lr_rate: float = 0.0,
) -> Schedule:
    """`_get_cosine_schedule_with_warmup_lr_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    rest = check_steps(owner, "num_training_steps", num_training_steps) - warmup
    floor = peak * _core.check(owner, "min_lr_rate", Rule.finite, min_lr_rate)
    return laid_out(_warmup(peak, warmup), (warmup, math.inf, _waves(owner, peak, floor, max(1, rest), num_cycles)))


def cosine_with_restarts(
    owner: str, base: float, *, num_warmup_steps: float, num_training_steps: float, num_cycles: float
) -> Schedule:
    """`_get_cosine_with_hard_restarts_schedule_with_warmup_lr_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    rest = max(1, check_steps(owner, "num_training_steps", num_training_steps) - warmup)
    return laid_out(_warmup(peak, warmup), (warmup, math.inf, _restarts(owner, peak, rest, num_cycles)))


def polynomial(
    owner: str,
    base: float,
    *,
    num_warmup_steps: float,
    num_training_steps: float,
    lr_end: float,
    power: float,
    lr_init: float,
) -> Schedule:
    """`_get_polynomial_decay_schedule_with_warmup_lr_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    total = check_steps(owner, "num_training_steps", num_training_steps)
    end = _core.check(owner, "lr_end", Rule.non_negative, lr_end)
    start = _core.check(owner, "base_lr", Rule.positive, lr_init)
    if not start > end:
        raise ValueError(f"{owner}: `lr_end` must be less than `base_lr` ({start!r}), got {lr_end!r}")
    if warmup == total == 0:
        raise ValueError(f"{owner}: `num_training_steps` must be a number other than 0, got {num_training_steps!r}")
    power = _core.check(owner, "power", Rule.finite, power)
    decay = _polynomial(peak, end if start == peak else end / start * peak, warmup, total, power)
    return laid_out(_warmup(peak, warmup), (warmup, math.inf, decay))


def inverse_sqrt(owner: str, base: float, *, num_warmup_steps: float, timescale: float | None = None) -> Schedule:
    """`_get_inverse_sqrt_schedule_lr_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    if timescale is None:
        scale = _core.check(owner, "num_warmup_steps", Rule.delay, num_warmup_steps) or 10_000
    else:
        scale = _core.check(owner, "timescale", Rule.length, timescale)
    return laid_out(_warmup(peak, warmup), (warmup, math.inf, InverseSqrt(peak, timescale=scale)))


def cosine_counted_from_one(
    owner: str,
    base: float,
    *,
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float,
    min_lr_rate: float = 0.0,
    warmup_lr_rate: float | None = None,
) -> Schedule:
    """`_get_cosine_with_min_lr_schedule_with_warmup_lr_rate_lambda`: its steps are one ahead."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    rest = max(1, check_steps(owner, "num_training_steps", num_training_steps) - warmup)
    floor = peak * _core.check(owner, "min_lr_rate", Rule.finite, min_lr_rate)
    waves = _waves(owner, peak, floor, rest, num_cycles)
    return laid_out((0, warmup, _ramp(owner, peak, warmup, warmup_lr_rate)), (warmup - 1, math.inf, waves))


def warmup_stable_decay(
    owner: str,
    base: float,
    *,
    num_warmup_steps: float,
    num_stable_steps: float,
    num_decay_steps: float,
    warmup_type: str,
    decay_type: str,
    min_lr_ratio: float,
    num_cycles: float,
) -> Schedule:
    """`_get_wsd_scheduler_lambda`."""
    peak, warmup = _rate(owner, base), _warmup_steps(owner, num_warmup_steps)
    begin = warmup + check_steps(owner, "num_stable_steps", num_stable_steps)
    steps = check_steps(owner, "num_decay_steps", num_decay_steps)
    floor = peak * _core.check(owner, "min_lr_ratio", Rule.finite, min_lr_ratio)
    decay = _decay(owner, decay_type, peak, floor, max(1, steps), num_cycles)
    holds = steps >= 1 and not _is_waves(decay_type, num_cycles)
    return laid_out(
        (0, warmup, _styled_warmup(owner, warmup_type, floor, peak, max(1, warmup))),
        (warmup, begin, Constant(peak)),
        (begin, math.inf if holds else begin + steps, decay),
        (begin + steps, math.inf, Constant(max(0.0, floor))),
    )


def _rate(owner: str, base: float) -> float:
    return float(_core.check(owner, "base_lr", Rule.non_negative, base))


def _warmup_steps(owner: str, value: object) -> float:
    return check_steps(owner, "num_warmup_steps", value)


def _warmup(peak: float, steps: float) -> Stage:
    return 0, steps, Linear(0.0, peak, steps=max(1, steps))


def _ramp(owner: str, peak: float, steps: float, start: float | None) -> Schedule:
    """A line that is at the peak at steps - 1, and would go on beyond it."""
    length = max(1, steps)
    if start is None:
        return Linear(peak / length, peak / length + peak, steps=length)
    low = _core.check(owner, "warmup_lr_rate", Rule.non_negative, start)
    end = low + (1.0 - low) * length / max(1, steps - 1)
    return not_negative(Linear, peak * low, peak * end, steps=length)


def _waves(owner: str, top: float, bottom: float, steps: float, num_cycles: float) -> Schedule:
    cycles = abs(_core.check(owner, "num_cycles", Rule.finite, num_cycles))
    if not cycles:
        return Constant(top)
    half = _cycle(owner, num_cycles, steps, 2 * cycles)
    return not_negative(Cosine, top, bottom, steps=half).past_end("mirror")


def _restarts(owner: str, peak: float, steps: float, num_cycles: float) -> Schedule:
    cycles = _core.check(owner, "num_cycles", Rule.finite, num_cycles)
    if not cycles:
        return join(Constant(peak, steps=steps), Constant(0.0))
    cycle = _cycle(owner, num_cycles, steps, abs(cycles))
    if cycles == 1:
        return Cosine(peak, 0.0, steps=steps)
    whole = float(cycles).is_integer() and float(steps).is_integer()
    if whole and float(cycle).is_integer() and cycles > 0:
        return Cosine(peak, 0.0, steps=cycle).repeat(int(cycles))
    # Blocks of whole length, so that no rounding of the cycle moves a restart that is due at a whole step.
    blocks = math.gcd(int(steps), int(cycles)) if whole else 1
    wave = Cosine(peak, 0.0, steps=cycle) if cycles > 0 else _rising_wave(peak, cycle, -cycles)
    block = wave.repeat().until(steps / blocks)
    return join(block.repeat(blocks) if blocks > 1 else block, Constant(0.0))


def _rising_wave(peak: float, cycle: float, cycles: float) -> Schedule:
    """From just above 0 to the peak; the restart itself is the peak, for its phase is 0 either way.

    Whole steps are at multiples of 1 / cycles in their cycles, where the run is whole steps.
    """
    restart = 0.5 / cycles
    return maximum(
        Cosine(0.0, peak, steps=cycle), join(Constant(peak, steps=restart), Constant(0.0, steps=cycle - restart))
    )


def _cycle(owner: str, given: object, steps: float, cycles: float) -> float:
    if SHORTEST * cycles <= steps <= LONGEST * cycles:
        return steps / cycles
    raise ValueError(f"{owner}: `num_cycles` must be such that a wave lasts 2**-53 to 2**53 steps, got {given!r}")


def _polynomial(start: float, end: float, warmup: float, total: float, power: float) -> Schedule:
    if warmup >= total:
        return Constant(end)
    if power == 0:  # 0**0 is 1 at the last step
        return join(Constant(start, steps=math.floor(total) + 1 - warmup), Constant(end))
    steps = total - warmup
    if power < 0:
        return join((to_a_pole(steps, power) * (start - end) + end).until(steps), Constant(end))
    return Polynomial(start, end, steps=steps, power=power)


def _styled_warmup(owner: str, style: str, start: float, end: float, steps: float) -> Schedule:
    choice(owner, "warmup_type", style, STYLES)
    if style == "1-sqrt":
        return not_negative(OneMinusSqrt, end, start, steps=steps).reverse()
    return not_negative(STYLES[style], start, end, steps=steps)


def _decay(owner: str, style: str, start: float, end: float, steps: float, num_cycles: float) -> Schedule:
    choice(owner, "decay_type", style, STYLES)
    if _is_waves(style, _core.check(owner, "num_cycles", Rule.finite, num_cycles)):
        return _waves(owner, start, end, steps, num_cycles)
    return not_negative(STYLES[style], start, end, steps=steps)


def _is_waves(style: str, num_cycles: float) -> bool:
    """Whether a decay is more, or less, than one way down."""
    return style == "cosine" and abs(num_cycles) != 0.5
