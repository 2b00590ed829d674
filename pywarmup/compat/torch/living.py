"""What the schedulers of torch keep in themselves and in the optimizer's groups, read as rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pywarmup.compat.torch import checks, cosines, cyclic, decays, functions, one_cycle
from pywarmup.compat.torch.rules import Rule


def _base(scheduler: Any, group: int) -> float:
    return float(scheduler.base_lrs[group])


def _constant(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return decays.constant(scheduler.factor, scheduler.total_iters, _base(scheduler, group))


def _linear(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    start, end = scheduler.start_factor, scheduler.end_factor
    return decays.linear(start, end, scheduler.total_iters, _base(scheduler, group))


def _exponential(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return decays.exponential(scheduler.gamma, _base(scheduler, group))


def _step(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return decays.step(scheduler.step_size, scheduler.gamma, _base(scheduler, group))


def _multi_step(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    milestones = list(scheduler.milestones.elements())
    return decays.multi_step(milestones, scheduler.gamma, _base(scheduler, group))


def _polynomial(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return decays.polynomial(scheduler.total_iters, scheduler.power, _base(scheduler, group))


def _cosine(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return cosines.cosine(scheduler.T_max, scheduler.eta_min, _base(scheduler, group))


def _restarts(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    step, length, growth = max(scheduler.last_epoch, 0), scheduler.T_0, scheduler.T_mult
    while growth > 1 and step >= length:
        step, length = step - length, length * growth
    if scheduler.last_epoch >= 0 and (step % length, length) != (scheduler.T_cur, scheduler.T_i):
        raise ValueError(
            f"from_torch: CosineAnnealingWarmRestarts has T_cur={scheduler.T_cur!r} and T_i={scheduler.T_i!r} at step "
            f"{scheduler.last_epoch}, where counting gives {step % length} and {length}; `step(epoch)` does that"
        )
    return cosines.restarts(scheduler.T_0, growth, scheduler.eta_min, _base(scheduler, group))


# It starts from whatever rate it found, which is not kept: its own formula gives it back from the present one.
def _swa(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    own, step = scheduler.optimizer.param_groups[group], scheduler._step_count - 1
    if step - scheduler.last_epoch not in (0, 1) and scheduler.last_epoch >= 0:  # 1 where a composition resumes it
        raise ValueError(
            f"from_torch: SWALR has made {step} steps and is at step {scheduler.last_epoch}; it would jump"
        )
    steps, end = scheduler.anneal_epochs, float(own["swa_lr"])
    share = scheduler.anneal_func(min(1.0, max(0.0, step / max(1, steps))))
    found = end if share == 1 else (float(own["lr"]) - share * end) / (1 - share)
    return cosines.swa(end, steps, scheduler._anneal_strategy, max(found, 0.0))


def _cyclic(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    size, up = scheduler.total_size, scheduler.step_ratio * scheduler.total_size
    up = round(up, 9) if abs(up - round(up, 9)) < 1e-12 * size else up
    if scheduler._scale_fn_custom is None:
        height = cyclic.height(scheduler.mode, scheduler.gamma)
    else:
        steps = checks.table_length("CyclicLR", "scale_fn", total_steps)
        height = cyclic.height_by("CyclicLR", scheduler._scale_fn_custom, scheduler.scale_mode, size, steps)
    high = float(scheduler.max_lrs[group])
    rule = cyclic.cycles("CyclicLR", _base(scheduler, group), high, up, size - up, height)
    found = float(scheduler.optimizer.param_groups[group]["initial_lr"])
    return rule if found == rule.base else replace(rule, found=found)


def _one_cycle(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    own, phases = scheduler.optimizer.param_groups[group], scheduler._schedule_phases
    values = [float(own[phase["start_lr"]]) for phase in phases] + [float(own[phases[-1]["end_lr"]])]
    ends = [float(phase["end_step"]) for phase in phases]
    return one_cycle.one_cycle("OneCycleLR", scheduler._anneal_func_type, ends, values)


def _lambda(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return functions.lambda_rule(scheduler.lr_lambdas[group], _base(scheduler, group), total_steps)


def _multiplicative(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    return functions.multiplicative(scheduler.lr_lambdas[group], _base(scheduler, group), total_steps)


READERS: dict[str, Callable[[Any, int, int | None], Rule]] = {
    "ConstantLR": _constant,
    "LinearLR": _linear,
    "ExponentialLR": _exponential,
    "StepLR": _step,
    "MultiStepLR": _multi_step,
    "PolynomialLR": _polynomial,
    "CosineAnnealingLR": _cosine,
    "CosineAnnealingWarmRestarts": _restarts,
    "SWALR": _swa,
    "CyclicLR": _cyclic,
    "OneCycleLR": _one_cycle,
    "LambdaLR": _lambda,
    "MultiplicativeLR": _multiplicative,
}
