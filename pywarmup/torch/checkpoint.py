"""What a scheduler's state says about its schedules, and where two schedules part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pywarmup.schedule import Schedule
from pywarmup.serialize import from_dict, from_json
from pywarmup.tools.difference import first_difference, horizon
from pywarmup.torch.hyperparameters import Hyperparameter

KEYS = ("last_epoch", "step_count", "fingerprint", "schedule")  # fixed for ever
LONGEST_COMPARISON = 10_000_000  # steps; a resume does not wait for more


def position(state: Mapping[str, Any], count: float) -> tuple[float, int]:
    """Return how far a saved scheduler had come, one of ours or of torch's: its step, and how often it was called."""
    if "fingerprint" in state:
        if set(state) != set(KEYS):
            given = ", ".join(map(str, state))
            raise ValueError(f"Scheduler: `state_dict` must have the keys {', '.join(KEYS)}, got {given}")
        if fingerprint(str(state["schedule"])) != state["fingerprint"]:
            raise ValueError("Scheduler: `state_dict` must have the fingerprint of its schedule; it is damaged")
        return _number(state, "last_epoch", float), _number(state, "step_count", int)
    parts = state.get("_schedulers")
    foreign = parts[0] if isinstance(parts, list) and parts and "last_epoch" not in state else state
    if not isinstance(foreign, Mapping) or "last_epoch" not in foreign:
        raise ValueError(f"Scheduler: `state_dict` must have `last_epoch`, got the keys {', '.join(map(str, state))}")
    if count != 1:
        raise ValueError(
            f"Scheduler: `state_dict` must count in the scheduler's unit, got one of torch's, which counts updates, "
            f"for a scheduler with `count={count}`; use step_to"
        )
    last_epoch = _number(foreign, "last_epoch", int)
    return last_epoch, _number({"_step_count": last_epoch + 1} | dict(foreign), "_step_count", int)


def _number(state: Mapping[str, Any], key: str, kind: type[float]) -> Any:
    value = state[key]
    if isinstance(value, bool) or not isinstance(value, (int, kind)) or not (value == -1 or 0 <= value <= 2**53):
        raise ValueError(f"Scheduler: `state_dict[{key!r}]` must be a number >= 0 and <= 2**53, got {value!r}")
    return value


def write(driven: Sequence[Hyperparameter], mode: str) -> str:
    """Return the definition as JSON text.

    One schedule that sets `lr` is written as itself; everything else is
    `{"mode": ..., "lr": schedule or [schedule, ...], ...}`.
    """
    first = driven[0]
    if mode == "value" and len(driven) == 1 and first.name == "lr" and not first.is_for_each_group:
        return first.schedules[0].to_json()
    return json.dumps({"mode": mode} | {one.name: _plain(one) for one in driven}, separators=(",", ":"))


def _plain(one: Hyperparameter) -> object:
    written = [schedule.to_dict() for schedule in one.schedules]
    return written if one.is_for_each_group else written[0]


def read(text: str) -> tuple[tuple[Hyperparameter, ...], str]:
    """Return what `write` wrote: the hyperparameters and the mode."""
    try:
        data = json.loads(text)
        if "mode" not in data:
            return (Hyperparameter("lr", (from_json(text),), False),), "value"
        mode = data.pop("mode")
        driven = tuple([_read_one(name, written) for name, written in data.items()])
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"Scheduler: `state_dict['schedule']` must be what `state_dict` wrote; {error}") from None
    if not driven:
        raise ValueError("Scheduler: `state_dict['schedule']` must be what `state_dict` wrote; it drives nothing")
    return driven, mode


def _read_one(name: str, written: Any) -> Hyperparameter:
    is_for_each_group = isinstance(written, list)
    schedules = [from_dict(each) for each in (written if is_for_each_group else [written])]
    return Hyperparameter(name, tuple(schedules), is_for_each_group)


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a definition; for one schedule that sets `lr` it is the schedule's own."""
    return hashlib.sha256(text.encode()).hexdigest()


def are_equal(one: Sequence[Hyperparameter], other: Sequence[Hyperparameter]) -> bool:
    """Return whether two definitions drive the same, though one may be in another order, or a list of one."""
    return {(each.name, each.schedules) for each in one} == {(each.name, each.schedules) for each in other}


def difference(
    own: Sequence[Hyperparameter], own_mode: str, saved: Sequence[Hyperparameter], saved_mode: str, step: float
) -> str:
    """Return in words where two definitions part, and what they give at the step that was saved."""
    if own_mode != saved_mode:
        return f"its mode was {saved_mode!r} and is {own_mode!r}"
    if [one.name for one in own] != [one.name for one in saved]:
        return f"it drove {', '.join(one.name for one in saved)} and drives {', '.join(one.name for one in own)}"
    for new, old in zip(own, saved, strict=True):
        if len(new.schedules) != len(old.schedules):
            return f"`{new.name}` had {len(old.schedules)} schedules and has {len(new.schedules)}"
        for group, pair in enumerate(zip(new.schedules, old.schedules, strict=True)):
            if pair[0] != pair[1]:
                where = f"`{new.name}` of parameter group {group}" if len(new.schedules) > 1 else f"`{new.name}`"
                return f"{where} {_parting(*pair, step)}"
    return "it is written in another way"


def _parting(new: Schedule, old: Schedule, step: float) -> str:
    stop = min(LONGEST_COMPARISON, horizon(new, old))
    first = first_difference(new, old, stop)
    if first is None:
        return f"has the same values in the first {stop} steps, by another definition"
    at = f"was {_value(old, first)} and is {_value(new, first)} at step {first}"
    return f"{at}, the first that differs" + (
        f"; at the saved step {step} it was {_value(old, step)} and is {_value(new, step)}" if step > first else ""
    )


def _value(schedule: Schedule, step: float) -> str:
    try:
        return repr(schedule(step))
    except ValueError:
        return "past its end"
