"""The results as Markdown: for each question a table of times and ratios, and the short table of the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from results import Result

INSTRUCTIONS = "instructions"


@dataclass(frozen=True)
class Section:
    """A table: peers down, cases across, everything against one of the peers."""

    title: str
    question: str
    ours: str
    cases: dict[str, str]  # the case, and what the column is called
    text: str = ""


SECTIONS = [
    Section(
        "One step",
        "one step",
        "pywarmup_lr",
        {"warmup_cosine": "warmup, cosine", "warmup_linear": "warmup, linear"},
        "One value in a Python loop over integers; what the loop itself takes is subtracted.",
    ),
    Section(
        "One step, in instructions",
        INSTRUCTIONS,
        "lr",
        {"call": "instructions"},
        "As counted by callgrind, without the loop. The linear closure computes warmup and linear decay.",
    ),
    Section(
        "A whole run as an array",
        "array",
        "pywarmup_out",
        {f"warmup_cosine, {size:,}": f"{size:,} elements" for size in (1_000, 100_000, 10_000_000)},
        "Time per element; warmup and cosine.",
    ),
    Section(
        "Other schedules as arrays",
        "array",
        "pywarmup_out",
        {f"{kind}, 100,000": kind for kind in ("constant", "linear", "exponential", "restarts", "product")},
        "Time per element, of 100,000.",
    ),
    Section(
        "An element of an array, in instructions",
        INSTRUCTIONS,
        "range element",
        {"element": "instructions"},
        "As counted by callgrind, which shows its programs a processor with AVX2 and without AVX-512. `range`, `steps` "
        "and `shuffled steps` are of a warmup and cosine.",
    ),
    Section(
        "Any steps",
        "steps",
        "pywarmup_call",
        {"sorted": "in order", "shuffled": "in no order"},
        "Time per element, of 100,000 int64 steps of a warmup and cosine.",
    ),
    Section(
        "The step of a trainer",
        "trainer step",
        "pywarmup_scheduler",
        {"groups, 1": "1 group", **{f"groups, {count}": f"{count} groups" for count in ("10", "100", "1,000")}},
        "What sets the rates of all groups of a torch optimizer, once after each update: a warmup and cosine. "
        "A peer that needs more than one call, or a counter, has them in a function, which takes some 25 ns.",
    ),
    Section(
        "The step of a trainer, other schedules",
        "trainer step",
        "pywarmup_scheduler",
        {
            "cosine, 1": "cosine, 1 group",
            "cosine, 100": "100 groups",
            "one_cycle, 1": "one cycle, 1 group",
            "one_cycle, 100": "100 groups",
            "one_cycle with momentum, 100": "and momentum",
            "dampened_cosine, 1": "cosine × warmup, 1 group",
            "dampened_cosine, 100": "100 groups",
        },
        "For peers that have no warmup, or another one. One cycle may move the momentum of all groups too.",
    ),
    Section(
        "The step of a trainer, rates in tensors",
        "trainer step",
        "pywarmup_scheduler",
        {
            "tensors, 1": "1 group",
            "tensors, 10": "10 groups",
            "tensors, 100": "100 groups",
            "shared tensor, 100": "100 groups, one tensor",
        },
        "Written in place, as compiled updates need them; each group has its own tensor, or all have the same. "
        "Peers that replace the tensors by numbers are left out.",
    ),
    Section(
        "Inside a program that JAX compiled",
        "inside jit",
        "pywarmup_optax",
        {"alone": "the rate alone", "in updates": "in an update", "a call for each update": "a call for each update"},
        "Time per step, of a warmup and cosine in float32. In the first two columns the loop is compiled too, and with "
        "a constant rate it takes what the floor takes. In the last a loop in Python calls a compiled update, to which "
        "it can also hand the rate as a number.",
    ),
    Section(
        "The rate of a batch in Keras",
        "keras callback",
        "pywarmup_keras",
        {"batch": "callback", "eager": "schedule, not compiled"},
        "What sets the rate before a batch of `fit`, and what the optimizer asks a schedule for where nothing is "
        "compiled; torch backend, warmup and cosine.",
    ),
    Section("Iteration", "iteration", "pywarmup_iterate", {"warmup_cosine": "time"}, "`for lr in s: pass`, per value."),
    Section("Construction", "construction", "pywarmup_call", {"warmup_cosine": "time"}, "Making the schedule."),
    Section("Import", "import", "pywarmup", {"import": "time"}, "Over an interpreter that has started."),
    Section(
        "Memory of arrays",
        "memory",
        "pywarmup_call",
        {
            "fill, 10,000,000": "a run of 10,000,000",
            "strided, 1,000,000": "1,000,000 strided steps",
            "swapped, 1,000,000": "1,000,000 byte-swapped steps",
        },
        "Growth of the process at its peak, in bytes per element, the output among them, which takes 8.",
    ),
    Section(
        "Memory of schedules",
        "memory",
        "pywarmup_call",
        {"objects, 20,000": "one of 20,000 schedules", "stages, 1,000,000": "one of 1,000,000 stages in a join"},
        "Growth of the process at its peak, in bytes per object.",
    ),
]
SUMMARY = [
    ("one step, `s.lr(step)`", "one step", "warmup_cosine", "pywarmup_lr"),
    ("array of 100,000, `s.array(n, out=out)`", "array", "warmup_cosine, 100,000", "pywarmup_out"),
    ("100,000 steps in no order, `s(steps)`", "steps", "shuffled", "pywarmup_call"),
    ("`for lr in s`", "iteration", "warmup_cosine", "pywarmup_iterate"),
    ("`scheduler.step()`, 100 groups", "trainer step", "groups, 100", "pywarmup_scheduler"),
]
FLOORS = ("floor", "empty_loop", "numpy_fill", "numpy_copyto", "numpy_cos")
BINDINGS = ("cython", "ordinary")


def sections(found: Sequence[Result]) -> str:
    """Return all tables for which there are results."""
    found = [*without_loop(found)]
    return "\n\n".join(filter(None, (section_text(section, found) for section in SECTIONS)))


def section_text(section: Section, found: Sequence[Result]) -> str:
    """Return one table with its heading, nothing if nothing was measured."""
    chosen = {(r.case, r.peer): r for r in found if r.question == section.question and r.case in section.cases}
    if not chosen:
        return ""
    cases = [case for case in section.cases if any(case == measured for measured, _ in chosen)]
    ordered = sorted(chosen.values(), key=lambda result: (cases.index(result.case), result.minimum))
    titles: dict[str, str] = {}
    for result in ordered:  # the first case in which a peer takes part decides its place
        titles.setdefault(result.peer, result.title)
    rows = [
        [emphasized(title), *(cell(chosen.get((case, peer)), chosen.get((case, section.ours))) for case in cases)]
        for peer, title in titles.items()
    ]
    table = markdown(["", *(section.cases[case] for case in cases)], rows)
    return f"## {section.title}\n\n{section.text}\n\n{table}"


def emphasized(title: str) -> str:
    """Let the rows of pywarmup stand out."""
    name, _, code = title.partition(" ")
    return f"**pywarmup** `{code}`" if name == "pywarmup" and code else title


def cell(result: Result | None, ours: Result | None) -> str:
    """Return a quantity and its ratios."""
    if result is None:
        return ""
    text = quantity(result.minimum, result.unit)
    if ours is None or result.unit == "B":
        return text
    ratio = times(result.minimum / ours.minimum)
    return f"{text}, {ratio}" + (f" ({times(result.median / ours.median)})" if result.rounds > 1 else "")


def quantity(value: float, unit: str) -> str:
    """Return a number with a unit that fits its size."""
    if unit != "s":
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    for name, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-9:.3g} ns" if value > 0.0 else "0 ns"


def times(ratio: float) -> str:
    """Return a ratio, such as 13×."""
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2g}×"


def without_loop(found: Iterable[Result]) -> Iterable[Result]:
    """Subtract the empty loop from the times of one step, and leave it out."""
    found = list(found)
    loops = {result.case: result for result in found if result.peer == "empty_loop"}
    for result in found:
        if result.question != "one step":
            yield result
        elif result.peer != "empty_loop" and result.case in loops:
            loop = loops[result.case]
            yield replace(result, minimum=result.minimum - loop.minimum, median=result.median - loop.median)


def summary(found: Sequence[Result]) -> str:
    """Return the table of the README: what pywarmup needs for a value, and how many times as long the others take."""
    columns = [column(found, question, case) for _, question, case, _ in SUMMARY]
    own = ["**pywarmup**"]
    ratios: dict[str, list[str]] = {}
    for place, (values, (_, _, _, ours)) in enumerate(zip(columns, SUMMARY, strict=True)):
        own.append(quantity(values[ours].minimum, "s") if ours in values else "")
        for peer, result in values.items():
            if ours in values and not peer.startswith(("pywarmup", *FLOORS, *BINDINGS)):
                row = ratios.setdefault(result.title, [result.title, *[""] * len(SUMMARY)])
                row[place + 1] = times(result.minimum / values[ours].minimum)
    return markdown(["", *(text for text, *_ in SUMMARY)], [own, *ratios.values()])


def column(found: Sequence[Result], question: str, case: str) -> dict[str, Result]:
    """Return the results of one case by peer, the quickest first."""
    chosen = [result for result in without_loop(found) if (result.question, result.case) == (question, case)]
    return {result.peer: result for result in sorted(chosen, key=lambda result: result.minimum)}


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all columns but the first are numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
