"""Many stages of few forms, as one formula for each form, whose numbers are looked up by the number of the stage.

A recorded join computes all of its stages and selects one. Of hundreds of stages that takes a compiler minutes. But
most of them are the same shape with other numbers: where a step lies is searched in the table of the begins, the
numbers are taken from tables, and the formula is computed once.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple, TypeAlias

from pywarmup.trace.recording import Instruction, Recording, split

MANY = 16  # stages; a selection among fewer compiles as fast
GAIN = 4  # times fewer forms than stages
WIDE = 2**31  # one such number in a table would make real numbers of all, where integers have 32 bits


def with_stages_looked_up(recording: Recording) -> Recording:
    """Return the recording with the long selections among stages replaced."""
    joins = {index: join for index, join in _joins(recording.instructions).items() if len(join.stages) >= MANY}
    forms = {index: _forms(recording.instructions, join) for index, join in joins.items()}
    replaced = {index: forms[index] for index, join in joins.items() if len(forms[index]) * GAIN <= len(join.stages)}
    if not replaced:
        return recording
    copy = _Copy(recording)
    for index in _live(recording, joins, replaced):
        if index in replaced:
            copy.moved[index] = copy.look_up(joins[index], replaced[index])
        else:
            what, operands = split(recording.instructions[index])
            copy.moved[index] = copy.add((*what, *(copy.moved[operand] for operand in operands)))
    return Recording(copy.instructions, copy.tables, copy.moved[recording.result])


class _Join(NamedTuple):
    """A choice among stages by the value of one instruction."""

    time: int
    begins: list[float]  # of all stages but the first
    stages: list[int]


Body: TypeAlias = tuple[tuple[Instruction, tuple[tuple[str, float], ...]], ...]  # what is done, to what of which kind


class _Form(NamedTuple):
    """What some stages have in common."""

    body: Body
    members: list[int]
    numbers: list[list[float]]  # of each member

    @property
    def outside(self) -> set[int]:
        """The instructions before the stages whose values they take."""
        return {int(which) for _, operands in self.body for kind, which in operands if kind == "outside"}


def _joins(instructions: list[Instruction]) -> dict[int, _Join]:
    """Find the largest trees of `select(time < begin, before, after)`."""
    trees: dict[int, _Join] = {}
    inner: set[int] = set()
    for index, instruction in enumerate(instructions):
        if instruction[0] == "select":
            condition, *branches = split(instruction)[1]
            time, begin = split(instructions[condition])[1]
            before, after = (_branch(trees, time, branch) for branch in branches)
            begins = [*before.begins, *instructions[begin][1:], *after.begins]
            if instructions[begin][0] == "constant" and begins == sorted(set(begins)):
                trees[index] = _Join(time, begins, before.stages + after.stages)
                inner.update(branch for branch in branches if branch not in (before.stages + after.stages))
    return {index: tree for index, tree in trees.items() if index not in inner}


def _branch(trees: dict[int, _Join], time: int, index: int) -> _Join:
    """Return what is chosen among in a branch of a selection by that time: one stage, or those of a tree."""
    tree = trees.get(index)
    return tree if tree is not None and tree.time == time else _Join(time, [], [index])


def _forms(instructions: list[Instruction], join: _Join) -> list[_Form]:
    """Sort the stages by form, in the order of the first stage of each."""
    forms: dict[object, _Form] = {}
    for number, stage in enumerate(join.stages):
        body, numbers = _form(instructions, join.time, stage)
        form = forms.setdefault(body, _Form(body, [], []))
        form.members.append(number)
        form.numbers.append(numbers)
    return list(forms.values())


def _form(instructions: list[Instruction], time: int, stage: int) -> tuple[Body, list[float]]:
    """Return a stage without its numbers, and those; exponents stay, for what a power is at 0 depends on them."""
    numbers: list[float] = []
    place = {index: number for number, index in enumerate(_inside(instructions, time, stage))}

    def kind_of(operand: int, stays: bool) -> tuple[str, float]:
        name, *value = instructions[operand]
        if name != "constant":
            return ("inside", place[operand]) if operand in place else ("outside", operand)
        if stays:
            return ("constant", value[0])
        numbers.append(value[0])
        return ("number" if abs(value[0]) < WIDE else "wide number", len(numbers) - 1)

    def line(index: int) -> tuple[Instruction, tuple[tuple[str, float], ...]]:
        what, operands = split(instructions[index])
        return what, tuple([kind_of(operand, what[0] == "power") for operand in operands])

    return tuple([line(index) for index in place]), numbers


def _inside(instructions: list[Instruction], time: int, stage: int) -> list[int]:
    """Return the instructions of a stage, in order: those that come after its time, but for constants."""
    found, waiting = set(), [stage]
    while waiting:
        index = waiting.pop()
        if index not in found and index > time and instructions[index][0] != "constant":
            found.add(index)
            waiting.extend(split(instructions[index])[1])
    return sorted(found)


def _live(recording: Recording, joins: dict[int, _Join], replaced: dict[int, list[_Form]]) -> list[int]:
    """Return the instructions that are still needed, in order."""
    needed = {recording.result}
    for index in range(recording.result, -1, -1):
        if index in needed and index in replaced:
            needed.update({joins[index].time}.union(*(form.outside for form in replaced[index])))
        elif index in needed:
            needed.update(split(recording.instructions[index])[1])
    return sorted(needed)


class _Copy:
    """The new recording."""

    def __init__(self, recording: Recording) -> None:
        self.instructions: list[Instruction] = []
        self.tables = list(recording.tables)
        self.moved: dict[int, int] = {}  # where an old instruction is now
        self._known: dict[Instruction, int] = {}

    def add(self, instruction: Instruction) -> int:
        """Return the number of an instruction, which is that of an equal one if there is one."""
        if instruction not in self._known:
            self._known[instruction] = len(self.instructions)
            self.instructions.append(instruction)
        return self._known[instruction]

    def look_up(self, join: _Join, forms: list[_Form]) -> int:
        """Add the formula of each form, and what chooses among them."""
        count = len(join.stages)
        stage = self.add(("search", self._table(join.begins), self.moved[join.time]))
        value = self._formula(forms[-1], count, stage)
        form_of = {member: float(number) for number, form in enumerate(forms) for member in form.members}
        which = self._number([form_of[member] for member in range(count)], stage)
        for number, form in reversed([*enumerate(forms[:-1])]):
            chosen = self.add(("less", which, self._constant(number + 0.5)))
            value = self.add(("select", chosen, self._formula(form, count, stage), value))
        return value

    def _formula(self, form: _Form, count: int, stage: int) -> int:
        """Add one; at the stages of other forms it has the numbers of a stage before them, and is finite."""
        nearest = [max(0, bisect_right(form.members, number) - 1) for number in range(count)]
        columns = zip(*(form.numbers[row] for row in nearest), strict=True)
        numbers = dict(enumerate(self._number(list(column), stage) for column in columns))
        inside: dict[int, int] = {}
        places = {"inside": inside, "outside": self.moved, "number": numbers, "wide number": numbers}
        for what, operands in form.body:
            given = [self._constant(n) if kind == "constant" else places[kind][int(n)] for kind, n in operands]
            inside[len(inside)] = self.add((*what, *given))
        return inside[len(inside) - 1]

    def _constant(self, value: float) -> int:
        return self.add(("constant", value))

    def _number(self, values: list[float], stage: int) -> int:
        if all(value == values[0] for value in values):
            return self._constant(values[0])
        return self.add(("take", self._table(values), stage))

    def _table(self, values: list[float]) -> int:
        if values not in self.tables:
            self.tables.append(values)
        return self.tables.index(values)
