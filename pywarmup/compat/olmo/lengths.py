"""What OLMo-core's schedulers share: how they are told lengths, and their warmup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from pywarmup import _core
from pywarmup.compat._checks import check_steps, choice
from pywarmup.compat._stages import Stage
from pywarmup.shapes import Linear

if TYPE_CHECKING:
    from typing_extensions import Unpack as Unpack

Rule = _core.Rule


class Fields(TypedDict, total=False):
    """What every scheduler of OLMo-core has and a schedule needs not: the caller knows the unit of a step."""

    lr_field: str
    initial_lr_field: str
    units: str


def check_fields(owner: str, fields: Any) -> None:
    """Refuse what is none of the fields that every scheduler has."""
    for name, value in fields.items():
        if name not in Fields.__annotations__:
            raise TypeError(f"{owner}: `{name}` must be an argument of it, got {value!r}")
        if not isinstance(value, str):
            raise TypeError(f"{owner}: `{name}` must be a text, got {value!r}")
    if "units" in fields:
        choice(owner, "units", fields["units"], ("steps", "tokens"))


def length(
    owner: str, name: str, given: float | None, old: float | None, fraction: float | None, total: float | None
) -> float:
    """Return a length, which is given in steps, under its name or its old one, or as a fraction of the run."""
    steps, field = (old, f"{name}_steps") if given is None else (given, name)
    if steps is not None and fraction is not None:
        raise ValueError(f"{owner}: `{name}_fraction` must be None beside `{field}`, got {fraction!r}")
    if steps is not None:
        return check_steps(owner, field, steps)
    if fraction is None:
        raise ValueError(f"{owner}: `{name}` must be given, or `{name}_fraction` in its place, got None")
    if total is None:
        raise ValueError(f"{owner}: `t_max` must be given for `{name}_fraction`, got None")
    return round(total * a_fraction(owner, f"{name}_fraction", fraction))


def a_fraction(owner: str, field: str, value: float) -> float:
    """Refuse what is no number in [0, 1]."""
    number: float = _core.check(owner, field, Rule.non_negative, value)
    if number > 1:
        raise ValueError(f"{owner}: `{field}` must be at most 1, got {value!r}")
    return number


def base_of(owner: str, base_lr: float) -> float:
    """Return the initial rate of the group."""
    base: float = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    return base


def end_of(owner: str, base: float, alpha_f: float) -> float:
    """Return the end of a decay, a multiple of the rate."""
    factor = _core.check(owner, "alpha_f", Rule.finite, alpha_f)
    return float(_core.check(owner, "alpha_f", Rule.finite, base * factor))


def total_of(owner: str, t_max: float | None) -> float | None:
    """Return the length of the run, if it is given."""
    return None if t_max is None else check_steps(owner, "t_max", t_max)


def less_than_base(owner: str, field: str, value: float, peak: float) -> float:
    """Refuse what OLMo asserts: the lower end of a line is >= 0 and less than its upper end."""
    number: float = _core.check(owner, field, Rule.non_negative, value)
    if not number < peak:
        raise ValueError(
            f"{owner}: `{field}` must be less than the rate that it leads to or from ({peak!r}), got {value!r}"
        )
    return number


def rise(owner: str, warmup_min_lr: float, peak: float, warmup: float, end: float) -> list[Stage]:
    """Return the stage of a warmup, up to step `end`, or none for no steps."""
    if warmup <= 0:
        _core.check(owner, "warmup_min_lr", Rule.finite, warmup_min_lr)
        return []
    return [(0, end, Linear(less_than_base(owner, "warmup_min_lr", warmup_min_lr, peak), peak, steps=warmup))]
