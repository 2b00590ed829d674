"""When a metric that has stopped improving calls for a reduction: a pure rule, without torch."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal, SupportsFloat


class _Checked:
    """A frozen dataclass whose fields hold to `RULES`."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            object.__setattr__(self, field.name, read(field.name, getattr(self, field.name)))


@dataclass(frozen=True, slots=True)
class PlateauState(_Checked):
    """All that a plateau remembers from one evaluation to the next.

    Args:
        best: The best metric so far; inf or -inf before the first.
        bad_checks: Evaluations in a row without a better one, torch's `num_bad_epochs`.
        cooldown_left: How many of the next evaluations cannot be bad ones, torch's `cooldown_counter`.
        scale: What the schedule is multiplied by, in [0, 1].
    """

    best: float
    bad_checks: int = 0
    cooldown_left: int = 0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ReduceOnPlateau(_Checked):
    """When to reduce: a pure rule (state, metric) -> state. The parameters are those of `Plateau`.

    Example:
        >>> rule = ReduceOnPlateau(factor=0.5, patience=0)
        >>> state = rule.update(rule.start(), 3.0)
        >>> state, rule.update(state, 3.0).scale
        (PlateauState(best=3.0, bad_checks=0, cooldown_left=0, scale=1.0), 0.5)
    """

    mode: Literal["min", "max"] = "min"
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    threshold_mode: Literal["rel", "abs"] = "rel"
    cooldown: int = 0

    def __post_init__(self) -> None:
        _Checked.__post_init__(self)
        if self.mode == "min" and self.threshold_mode == "rel" and self.threshold >= 1.0:
            # torch takes it, finds no metric better than inf * (1 - threshold), and reduces for ever.
            raise ValueError(
                problem("threshold", "less than 1 for mode 'min' and threshold_mode 'rel'", self.threshold)
            )

    def start(self) -> PlateauState:
        """Return the state before the first evaluation."""
        return PlateauState(math.inf if self.mode == "min" else -math.inf)

    def is_better(self, metric: float, best: float) -> bool:
        """Return whether a metric is better than the best by more than the threshold; nan never is."""
        margin = self.threshold if self.mode == "max" else -self.threshold
        goal = best * (1.0 + margin) if self.threshold_mode == "rel" else best + margin
        return metric > goal if self.mode == "max" else metric < goal

    def update(self, state: PlateauState, metric: SupportsFloat) -> PlateauState:
        """Return the state after one more evaluation; the one given is not changed.

        Args:
            state: The state before it, at first `start()`.
            metric: A number, or a tensor of one number; nan and the infinities count as torch counts them.

        Raises:
            TypeError: If the metric is no number.
        """
        value: float = read("metric", metric)
        better, cooling = self.is_better(value, state.best), state.cooldown_left > 0
        best = value if better else state.best
        bad_checks = 0 if better or cooling else state.bad_checks + 1
        if bad_checks > self.patience:
            return PlateauState(best, 0, self.cooldown, state.scale * self.factor)
        return PlateauState(best, bad_checks, state.cooldown_left - cooling, state.scale)


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool) or not hasattr(plain, "__float__"):
        raise TypeError
    return plain


_NUMBER = "a finite number >= 0", lambda value: float(_plain(value)), lambda number: 0.0 <= number < math.inf
_COUNT = "an integer >= 0", lambda value: operator.index(_plain(value)), lambda number: number >= 0
RULES: dict[str, tuple[str, Callable[[Any], Any], Callable[[Any], bool]]] = {
    "mode": ("'min' or 'max'", str.__str__, ("min", "max").__contains__),
    "factor": ("a number >= 0 and < 1", _NUMBER[1], lambda number: 0.0 <= number < 1.0),
    "patience": _COUNT,
    "threshold": _NUMBER,
    "threshold_mode": ("'rel' or 'abs'", str.__str__, ("rel", "abs").__contains__),
    "cooldown": _COUNT,
    "min_lr": _NUMBER,
    "eps": _NUMBER,
    "metric": ("a number, or a tensor of one number", _NUMBER[1], lambda number: True),
    "best": ("a number other than nan", _NUMBER[1], lambda number: not math.isnan(number)),
    "bad_checks": _COUNT,
    "cooldown_left": _COUNT,
    "scale": ("a number in [0, 1]", _NUMBER[1], lambda number: 0.0 <= number <= 1.0),
}


def read(field: str, value: Any) -> Any:
    """Return the plain number or text that a value is, if it holds to the rule of its field.

    Raises:
        TypeError: If it is none, or a tensor of several numbers.
        ValueError: If it does not hold to the rule.
    """
    rule, convert, holds = RULES[field.partition("[")[0]]
    try:
        plain = convert(value)
    except OverflowError:  # an integer that no float can hold
        raise ValueError(problem(field, rule, value)) from None
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(problem(field, rule, value)) from None
    if not holds(plain):
        raise ValueError(problem(field, rule, value))
    return plain


def problem(field: str, rule: str, value: object) -> str:
    """The message of an error, on one line."""
    shown = " ".join(repr(value).split())
    return f"Plateau: `{field}` must be {rule}, got {shown if len(shown) <= 120 else shown[:120] + '...'}"
