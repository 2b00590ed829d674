"""What the core records of a schedule: instructions whose operands are the numbers of earlier ones."""

from __future__ import annotations

from typing import Any, NamedTuple

Instruction = tuple[Any, ...]

ARITY = {
    **dict.fromkeys(("step", "constant"), 0),
    **dict.fromkeys(("floor", "sqrt", "cos", "exp", "expm1", "log", "log1p"), 1),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "minimum", "maximum", "power", "less"), 2),
    "select": 3,
}


class Recording(NamedTuple):
    """A schedule as `Program._recording()` returns it; `search` and `take` name a table, then an instruction."""

    instructions: list[Instruction]
    tables: list[list[float]]
    result: int


def split(instruction: Instruction) -> tuple[Instruction, Instruction]:
    """Return what an instruction does, and the instructions whose values it takes."""
    name = instruction[0]
    begin = 2 if name in ("search", "take", "constant") else 1
    return instruction[:begin], instruction[begin : begin + ARITY.get(name, 1)]
