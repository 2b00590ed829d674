"""The stages of a schedule as a picture names them, and where the names fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pywarmup import _core
from pywarmup.compose import Join, Maximum, Minimum, Product, Repeat, Sum
from pywarmup.questions import Stage, stages
from pywarmup.schedule import Schedule

WORDS = {"logarithmic": "log", "one_minus_sqrt": "1-sqrt", "radam": "RAdam", "square_root": "sqrt"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stage in a picture: where it is seen, and what it is called."""

    begin: float
    end: float
    name: str


def spans(schedule: Schedule, start: float, stop: float) -> list[Span]:
    """Return the stages that are seen between two steps; none where there is only one in all.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.wsd(1.0, warmup_steps=10, decay_steps=20, total_steps=100)
        >>> [span.name for span in spans(s, 0, 100)]
        ['linear warmup', 'constant', 'linear decay']
    """
    found = stages(schedule)
    if len(found) < 2:
        return []
    seen = []
    for index, stage in enumerate(found):
        begin, end = max(stage.begin, start), min(math.inf if stage.end is None else stage.end, stop)
        if begin < end:
            seen.append(Span(begin, end, _name(schedule, stage, first=index == 0)))
    return seen


def described(schedule: Schedule) -> str:
    """Return a short name for a schedule: what its stages are.

    Example:
        >>> import pywarmup as pw
        >>> described(pw.warmup_cosine(0.1, warmup_steps=10, total_steps=100))
        'linear warmup, cosine decay'
    """
    found = stages(schedule)
    names = [_name(schedule, stage, first=index == 0 and len(found) > 1) for index, stage in enumerate(found[:4])]
    return ", ".join(names + ["..."] * (len(found) > 4))


def _name(schedule: Schedule, stage: Stage, *, first: bool) -> str:
    """What a stage is and which way it goes: "linear warmup", "cosine decay"."""
    shape = _shape(stage.schedule)
    word = _word(shape)
    if stage.end is None:
        return word
    change = stage.schedule(stage.end - stage.begin) - stage.schedule(0)
    if first and change == 0.0:
        change = max(schedule(stage.end) - schedule(stage.begin), 0.0)
    two_ended = "end_value" in _core.PARAMETERS[shape.kind]
    if change > 0.0 and (first or two_ended):
        return f"{word} {'warmup' if first else 'rise'}"
    return f"{word} decay" if change < 0.0 and two_ended else word


def _shape(schedule: Schedule) -> Schedule:
    """What is within scales, shifts and the like."""
    while not isinstance(schedule, Repeat) and isinstance(getattr(schedule, "schedule", None), Schedule):
        schedule = schedule.schedule  # type: ignore[attr-defined]
    return schedule


def _word(shape: Schedule) -> str:
    """What the field calls a shape, the cycles of one, or several that are alike."""
    if isinstance(shape, Repeat):
        inner = _shape(shape.schedule)
        return "cycles" if isinstance(inner, Join) else f"{_word(inner)} cycles"
    if isinstance(shape, Sum | Product | Minimum | Maximum):
        first, *others = [_word(_shape(part)) for part in shape._fields()[0]]
        return first if {*others} <= {first} and first != "join" else shape.kind
    return WORDS.get(shape.kind, shape.kind.replace("_", " "))


def extents(stages: Sequence[Span], start: float, stop: float, width: float) -> list[tuple[float, float]]:
    """Return where stages begin and end in a picture that is so wide.

    Example:
        >>> extents([Span(0, 10, "linear warmup"), Span(10, 50, "constant")], 0, 100, 60)
        [(0.0, 6.0), (6.0, 30.0)]
    """
    scale = width / (stop - start)
    return [((stage.begin - start) * scale, (stage.end - start) * scale) for stage in stages]


def fit(
    extents: Sequence[tuple[float, float]], lengths: Sequence[float], total: float, gap: float
) -> list[float | None]:
    """Return where each name begins above its stage, so that none touches another; None where there is no room.

    A name stands in the middle of its stage. One that is longer may run on over the stage beside it.

    Args:
        extents: Where each stage begins and ends in the picture.
        lengths: Of the names, in the same unit.
        total: Width of the picture.
        gap: Least distance between two names.

    Example:
        >>> fit([(0, 5), (5, 90), (90, 100)], [20, 10, 30], 100, 2)
        [0, 42.5, 70]
        >>> fit([(0, 5), (5, 10), (10, 15)], [20, 20, 20], 15, 2)
        [None, None, None]
    """
    lefts: list[float | None] = [
        (begin + end - length) / 2 if length <= end - begin else None
        for (begin, end), length in zip(extents, lengths, strict=True)
    ]
    for index, (begin, end) in enumerate(extents):
        if lefts[index] is None:
            low, high = _room(extents, lefts, lengths, index, total, gap)
            left = min(begin, high - lengths[index])
            lefts[index] = left if left >= low and high >= min(end, total) else None
    return lefts


def _room(
    extents: Sequence[tuple[float, float]],
    lefts: Sequence[float | None],
    lengths: Sequence[float],
    index: int,
    total: float,
    gap: float,
) -> tuple[float, float]:
    """Between which places a name may be: over its stage and the two beside it, clear of the names that reach there."""
    low, high = extents[max(index - 1, 0)][0], min(extents[min(index + 1, len(extents) - 1)][1], total)
    for other in range(max(index - 2, 0), min(index + 3, len(extents))):
        left = lefts[other]
        if left is not None and other < index:
            low = max(low, left + lengths[other] + gap)
        elif left is not None:
            high = min(high, left - gap)
    return max(low, 0.0), high
