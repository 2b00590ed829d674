"""Megatron-LM's `OptimizerParamScheduler`: the learning rate and the weight decay, each a schedule of its own.

Megatron counts in samples: the step is `num_steps`, which `step(increment)` adds the global batch size to.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from pywarmup import _core
from pywarmup.compat._checks import check_steps, choice
from pywarmup.compat._stages import Stage, after, laid_out, up_to
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, InverseSqrt, Linear, OneMinusSqrt, ScaledExponential

__all__ = ["OptimizerParamScheduler"]

Rule = _core.Rule
OWNER = "OptimizerParamScheduler"
LrStyle = Literal["constant", "linear", "cosine", "inverse-square-root", "WSD"]
WsdStyle = Literal["linear", "cosine", "exponential", "minus_sqrt"]
WdStyle = Literal["constant", "linear", "cosine"]
Made = TypeVar("Made")


class OptimizerParamScheduler:
    """What the two curves of Megatron's scheduler stand under; each takes all arguments of the peer's constructor.

    The flags for checkpoints (`use_checkpoint_opt_param_scheduler`, `override_opt_param_scheduler`) are accepted and
    mean nothing here: a schedule has no state.

    Example:
        >>> from pywarmup.compat import megatron
        >>> arguments = dict(
        ...     init_lr=0.0, max_lr=0.1, min_lr=0.001, lr_warmup_steps=10, lr_decay_steps=100, lr_decay_style="cosine",
        ...     start_wd=0.01, end_wd=0.1, wd_incr_steps=100, wd_incr_style="linear",
        ... )
        >>> lr = megatron.OptimizerParamScheduler.get_lr(**arguments)
        >>> wd = megatron.OptimizerParamScheduler.get_wd(**arguments)
        >>> lr([0, 5, 10, 100]), wd([0, 50, 100])
        (array([0.   , 0.05 , 0.1  , 0.001]), array([0.01 , 0.055, 0.1  ]))
    """

    @staticmethod
    def get_lr(
        *,
        init_lr: float,
        max_lr: float,
        min_lr: float,
        lr_warmup_steps: float,
        lr_decay_steps: float,
        lr_decay_style: LrStyle,
        start_wd: float = 0.0,
        end_wd: float = 0.0,
        wd_incr_steps: float = 0,
        wd_incr_style: WdStyle = "constant",
        use_checkpoint_opt_param_scheduler: bool = True,
        override_opt_param_scheduler: bool = False,
        wsd_decay_steps: float | None = None,
        lr_wsd_decay_style: WsdStyle | None = None,
    ) -> Schedule:
        """Return the learning rate: linear warmup, then the style, then `min_lr` after `lr_decay_steps`.

        `lr_decay_steps` includes the warmup. "constant" never goes to `min_lr`; "inverse-square-root" drops to it after
        `lr_decay_steps`, and is clipped by it before. With "WSD" the last `wsd_decay_steps` fall by
        `lr_wsd_decay_style`; more of them than `lr_decay_steps - lr_warmup_steps` begin below the peak, as in Megatron.

        Args:
            init_lr: Where the warmup begins, at most `max_lr`.
            max_lr: Peak, at least `min_lr`.
            min_lr: Floor, >= 0.
            lr_warmup_steps: Length of the warmup, less than `lr_decay_steps`; 0 for none, and less than 0 begins in the
                middle of the decay.
            lr_decay_steps: Length of the run, > 0.
            lr_decay_style: "constant", "linear", "cosine", "inverse-square-root" or "WSD".
            start_wd: Weight decay, as in `get_wd`; checked here too, as Megatron does.
            end_wd: Likewise.
            wd_incr_steps: Likewise.
            wd_incr_style: Likewise.
            use_checkpoint_opt_param_scheduler: Without meaning here.
            override_opt_param_scheduler: Without meaning here, but not both, as in Megatron.
            wsd_decay_steps: Length of the decay, for "WSD"; none for 0 and less.
            lr_wsd_decay_style: "linear", "cosine", "exponential" (2 * 0.5**p - 1) or "minus_sqrt" (1 - sqrt(p)).

        Raises:
            ValueError: Where Megatron's assertions fail, and for an unknown style (Megatron: when it is first used).
            TypeError: For what is no number.

        References:
            Megatron-LM, `megatron/core/optimizer_param_scheduler.py`.
        """
        _check_flags(use_checkpoint_opt_param_scheduler, override_opt_param_scheduler)
        _check_weight_decay(start_wd, end_wd)
        start, peak, floor = _rates(init_lr, max_lr, min_lr)
        warmup, total = _lengths(lr_warmup_steps, lr_decay_steps)
        last = after(total)
        styles: dict[str, Callable[[], list[Stage]]] = {
            "constant": lambda: [(0, math.inf, Constant(peak))],
            "linear": lambda: [(warmup, last, Linear(peak, floor, steps=total - warmup))],
            "cosine": lambda: [(warmup, last, Cosine(peak, floor, steps=total - warmup))],
            "inverse-square-root": lambda: [_inverse_sqrt(peak, floor, warmup, last)],
            "WSD": lambda: _wsd(peak, floor, total, wsd_decay_steps, lr_wsd_decay_style),
        }
        decay = [*_styled("lr_decay_style", lr_decay_style, styles), (0, math.inf, Constant(floor))]
        if warmup <= 0:
            return laid_out(*decay)
        rise = Linear(start, peak, steps=warmup)
        return up_to(warmup, peak, lambda end: laid_out((0, end, rise), *decay))

    @staticmethod
    def get_wd(
        *,
        start_wd: float,
        end_wd: float,
        wd_incr_steps: float,
        wd_incr_style: WdStyle,
        init_lr: float = 0.0,
        max_lr: float = 0.0,
        min_lr: float = 0.0,
        lr_warmup_steps: float = 0,
        lr_decay_steps: float = 1,
        lr_decay_style: LrStyle = "constant",
        use_checkpoint_opt_param_scheduler: bool = True,
        override_opt_param_scheduler: bool = False,
        wsd_decay_steps: float | None = None,
        lr_wsd_decay_style: WsdStyle | None = None,
    ) -> Schedule:
        """Return the weight decay: from `start_wd` to `end_wd` over `wd_incr_steps`, then held.

        Multiply it by a group's `wd_mult`. The arguments of the learning rate are those of `get_lr`.

        Args:
            start_wd: First value, >= 0.
            end_wd: Last value, at least `start_wd`; equal to it for "constant".
            wd_incr_steps: Length; for less than 0 there is `end_wd` at once.
            wd_incr_style: "constant", "linear" or "cosine".
            init_lr: As in `get_lr`, like all that follow.
            max_lr: Likewise.
            min_lr: Likewise.
            lr_warmup_steps: Likewise.
            lr_decay_steps: Likewise.
            lr_decay_style: Likewise.
            use_checkpoint_opt_param_scheduler: Without meaning here.
            override_opt_param_scheduler: Without meaning here, but not both, as in Megatron.
            wsd_decay_steps: As in `get_lr`.
            lr_wsd_decay_style: Likewise.

        Raises:
            ValueError: Where Megatron's assertions fail, and for an unknown style.
            TypeError: For what is no number.
        """
        _check_flags(use_checkpoint_opt_param_scheduler, override_opt_param_scheduler)
        _rates(init_lr, max_lr, min_lr)
        _lengths(lr_warmup_steps, lr_decay_steps)
        if lr_decay_style == "WSD":
            check_steps(OWNER, "wsd_decay_steps", wsd_decay_steps)
        start, end = _check_weight_decay(start_wd, end_wd)
        steps = check_steps(OWNER, "wd_incr_steps", wd_incr_steps)
        styles: dict[str, Callable[[], Schedule]] = {
            "constant": lambda: _unchanging(start, end),
            "linear": lambda: Linear(start, end, steps=_some(steps)),
            "cosine": lambda: Cosine(start, end, steps=_some(steps)),
        }
        choice(OWNER, "wd_incr_style", wd_incr_style, styles)
        return styles[wd_incr_style]() if steps >= 0 else Constant(end)


def _check_flags(use_checkpoint: bool, override: bool) -> None:
    _core.check(OWNER, "use_checkpoint_opt_param_scheduler", Rule.flag, use_checkpoint)
    _core.check(OWNER, "override_opt_param_scheduler", Rule.flag, override)
    if use_checkpoint and override:
        raise ValueError(
            f"{OWNER}: `override_opt_param_scheduler` must be False beside `use_checkpoint_opt_param_scheduler`, "
            "got True"
        )


def _rates(init_lr: float, max_lr: float, min_lr: float) -> tuple[float, float, float]:
    floor = _core.check(OWNER, "min_lr", Rule.non_negative, min_lr)
    peak = _core.check(OWNER, "max_lr", Rule.non_negative, max_lr)
    start = _core.check(OWNER, "init_lr", Rule.non_negative, init_lr)
    _at_most("min_lr", floor, "max_lr", peak)
    _at_most("init_lr", start, "max_lr", peak)
    return start, peak, floor


def _at_most(name: str, value: float, other: str, limit: float) -> None:
    if value > limit:
        raise ValueError(f"{OWNER}: `{name}` must be at most `{other}` ({limit!r}), got {value!r}")


def _lengths(lr_warmup_steps: float, lr_decay_steps: float) -> tuple[float, float]:
    warmup = check_steps(OWNER, "lr_warmup_steps", lr_warmup_steps)
    total = _core.check(OWNER, "lr_decay_steps", Rule.length, lr_decay_steps)
    if warmup >= total:
        raise ValueError(f"{OWNER}: `lr_warmup_steps` must be less than `lr_decay_steps` ({total!r}), got {warmup!r}")
    return warmup, total


def _check_weight_decay(start_wd: float, end_wd: float) -> tuple[float, float]:
    start = _core.check(OWNER, "start_wd", Rule.non_negative, start_wd)
    end = _core.check(OWNER, "end_wd", Rule.non_negative, end_wd)
    _at_most("start_wd", start, "end_wd", end)
    return start, end


def _unchanging(start: float, end: float) -> Schedule:
    if start != end:
        raise ValueError(f"{OWNER}: `start_wd` must be `end_wd` ({end!r}) for 'constant', got {start!r}")
    return Constant(end)


def _some(steps: float) -> float:
    return float(_core.check(OWNER, "wd_incr_steps", Rule.length, steps))


# Megatron takes a warmup of 0 for 1 and step 0 for step 1.
def _inverse_sqrt(peak: float, floor: float, warmup: float, last: float) -> Stage:
    if warmup >= 1:
        return (warmup, last, InverseSqrt(peak, timescale=warmup).clip(lower=floor))
    curve = InverseSqrt(peak, timescale=1).clip(lower=floor)
    return (0, last, join(Constant(peak, steps=1), curve))


def _wsd(peak: float, floor: float, total: float, decay_steps: Any, style: Any) -> list[Stage]:
    length = check_steps(OWNER, "wsd_decay_steps", decay_steps)
    last = after(total)
    if length <= 0:  # the peak up to the last step, and the floor from the next one on
        return [(0, last, Constant(peak))]
    styles: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: Linear(peak, floor, steps=length),
        "cosine": lambda: Cosine(peak, floor, steps=length),
        "exponential": lambda: ScaledExponential(peak, floor, steps=length, ratio=0.5),
        "minus_sqrt": lambda: OneMinusSqrt(peak, floor, steps=length),
    }
    choice(OWNER, "lr_wsd_decay_style", style, styles)
    begin = total - length
    return [(0, begin, Constant(peak)), (begin, last, styles[style]())]


def _styled(field: str, style: Any, styles: dict[str, Callable[[], Made]]) -> Made:
    choice(OWNER, field, style, styles)
    return styles[style]()
