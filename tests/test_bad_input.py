"""Bad input: every row names the call, the exception's exact type and its whole message."""

import _thread
import dataclasses
import math
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from registry import COMBINATORS, SHAPES

import pywarmup as pw
from pywarmup import _core

L = pw.Linear(0.0, 1.0, steps=10)
ENDLESS = pw.Constant(1.0)
NAN, INF = math.nan, math.inf
LIMIT = 2**53
STEP = "Linear: `step` must be a number >= 0 and <= 2**53, got "
STEPS = "Linear: `step` must be a number or an array of integers or real numbers, got "
FINITE, NON_NEGATIVE, POSITIVE = "a finite number", "a finite number >= 0", "a finite number > 0"
LENGTH, DELAY = "a number of steps > 0 and <= 2**53", "a number of steps >= 0 and <= 2**53"
STYLES = "'linear', 'cosine', '1-sqrt', 'sqrt', 'exponential', 'scaled-exponential', 'polynomial', 'power'"
MILESTONES = "a strictly increasing sequence of numbers of steps > 0 and <= 2**53"

Row = tuple[str, Callable[[], Any], type[Exception], str]


def must_be(owner: str, field: str, rule: str, value: object) -> str:
    return f"{owner}: `{field}` must be {rule}, got {value!r}"


def refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
    assert "\n" not in str(caught.value)


def linear(value: Any) -> Callable[[], Any]:
    return lambda: pw.Linear(value, 1.0, steps=2)


def length(value: Any) -> Callable[[], Any]:
    return lambda: pw.Linear(0.0, 1.0, steps=value)


def at(step: Any) -> Callable[[], Any]:
    return lambda: L(step)


def field_row(name: str, make: Callable[[Any], Callable[[], Any]], field: str, rule: str, value: Any) -> Row:
    error = ValueError if isinstance(value, int | float) and not isinstance(value, bool) else TypeError
    return name, make(value), error, must_be("Linear", field, rule, value)


CONSTRUCTION: list[Row] = [
    *(
        field_row(f"value-{value!r:.20}", linear, "init_value", NON_NEGATIVE, value)
        for value in (NAN, INF, -INF, -0.1, -5e-324, "0.1", None, [0.1], (), 1 + 0j, True, b"1", object, {})
    ),
    *(
        field_row(f"length-{value!r:.20}", length, "steps", LENGTH, value)
        for value in (0, 0.0, -5, NAN, INF, "100", None, True, LIMIT + 1, LIMIT + 2, 2**63, 10**30, -(10**30), 1j)
    ),
    ("value-10**400", linear(10**400), ValueError, f"Linear: `init_value` must be {NON_NEGATIVE}, got 1{'0' * 119}..."),
    ("value-bool_", linear(np.True_), TypeError, must_be("Linear", "init_value", NON_NEGATIVE, np.True_)),
    ("value-array", linear(np.array([0.1])), TypeError, must_be("Linear", "init_value", NON_NEGATIVE, np.array([0.1]))),
    ("value-0d-bool", linear(np.array(True)), TypeError, must_be("Linear", "init_value", NON_NEGATIVE, np.array(True))),
    ("value-0d-text", linear(np.array("1")), TypeError, must_be("Linear", "init_value", NON_NEGATIVE, np.array("1"))),
    (
        "value-complex64",
        linear(np.complex64(1)),
        TypeError,
        must_be("Linear", "init_value", NON_NEGATIVE, np.complex64(1)),
    ),
    (
        "value-decimal-nan",
        linear(Decimal("nan")),
        ValueError,
        must_be("Linear", "init_value", NON_NEGATIVE, Decimal("nan")),
    ),
    ("value-schedule", linear(L), TypeError, must_be("Linear", "init_value", NON_NEGATIVE, L)),
    (
        "keyword",
        lambda: pw.Linear(0.0, 1.0, at=2),
        TypeError,  # type: ignore[call-arg]
        "Linear.__init__() got an unexpected keyword argument 'at'",
    ),
    (
        "tanh-order",
        lambda: pw.Tanh(1, 0, steps=2, lower=3, upper=3),
        ValueError,
        "Tanh: `lower` must be less than `upper`, got 3.0",
    ),
    ("clip-order", lambda: pw.Clip(L, 2.0, 1.0), ValueError, "Clip: `lower` must be at most `upper`, got 2.0"),
    ("join-nothing", pw.join, ValueError, must_be("Join", "stages", "a non-empty sequence of schedules", ())),
    ("join-number", lambda: pw.join(1), TypeError, must_be("Join", "stages[0]", "a schedule", 1)),  # type: ignore[arg-type]
    (
        "join-endless",
        lambda: pw.join(L, ENDLESS, L),
        ValueError,
        "Join: only the last stage may go on for ever (`stages[1]` is Constant(value=1.0, steps=None)); "
        "give it an end with .until(steps)",
    ),
    (
        "minimum-nothing",
        pw.minimum,
        ValueError,
        must_be("Minimum", "schedules", "a non-empty sequence of schedules", ()),
    ),
    *(
        (
            f"{name}-endless",
            call,
            ValueError,
            f"{owner}: an endless schedule has no end (`schedule` is Constant(value=1.0, steps=None)); "
            "give it one with .until(steps)",
        )
        for name, owner, call in (
            ("repeat", "Repeat", ENDLESS.repeat),
            ("reverse", "Reverse", ENDLESS.reverse),
            ("mirror", "PastEnd", lambda: ENDLESS.past_end("mirror")),
        )
    ),
    (
        "milestones-overlap",
        lambda: pw.PiecewiseConstant([1.0, 2.0, 3.0], milestones=[2, 2]),
        ValueError,
        "PiecewiseConstant: `milestones[1]` must be greater than the milestone before it, got 2",
    ),
    (
        "milestones-unsorted",
        lambda: pw.PiecewiseConstant([1.0, 2.0, 3.0], milestones=[3, 2]),
        ValueError,
        "PiecewiseConstant: `milestones[1]` must be greater than the milestone before it, got 2",
    ),
    (
        "milestones-negative",
        lambda: pw.PiecewiseConstant([1.0, 2.0], milestones=[-1]),
        ValueError,
        must_be("PiecewiseConstant", "milestones[0]", LENGTH, -1),
    ),
    (
        "milestones-count",
        lambda: pw.PiecewiseConstant([1.0, 2.0], milestones=[1, 2]),
        ValueError,
        "PiecewiseConstant: `values` must be one longer than `milestones`, got (1.0, 2.0)",
    ),
    ("values-nan", lambda: pw.Table([1.0, NAN]), ValueError, must_be("Table", "values[1]", FINITE, NAN)),
    ("values-bool", lambda: pw.Table([1.0, True]), TypeError, must_be("Table", "values[1]", FINITE, True)),
    (
        "values-text",
        lambda: pw.Table("12"),
        TypeError,  # type: ignore[arg-type]
        must_be("Table", "values", "a non-empty sequence of finite numbers", "12"),
    ),
    (
        "points-one",
        lambda: pw.PiecewiseLinear([(0, 1)]),
        ValueError,
        "PiecewiseLinear: `points` must be at least two (step, value) pairs, got [(0, 1)]",
    ),
    (
        "points-start",
        lambda: pw.PiecewiseLinear([(1, 1), (2, 1)]),
        ValueError,
        "PiecewiseLinear: `points[0][0]` must be 0, where a schedule begins, got 1",
    ),
    (
        "points-order",
        lambda: pw.PiecewiseLinear([(0, 1), (2, 1), (2, 1)]),
        ValueError,
        "PiecewiseLinear: `points[2][0]` must be greater than the step before it, got 2",
    ),
    (
        "points-pair",
        lambda: pw.PiecewiseLinear([(0, 1), (2,)]),
        ValueError,  # type: ignore[list-item]
        "PiecewiseLinear: `points[1]` must be a (step, value) pair, got (2,)",
    ),
    (
        "policy",
        lambda: L.past_end("x"),
        ValueError,  # type: ignore[arg-type]
        must_be("PastEnd", "policy", "'hold', 'repeat', 'mirror' or 'error'", "x"),
    ),
    (
        "times-real",
        lambda: L.repeat(1.5),
        ValueError,  # type: ignore[arg-type]
        must_be("Repeat", "times", "None or an integer >= 1 and <= 2**53", 1.5),
    ),
    ("scale-bool", lambda: L * True, TypeError, must_be("Scale", "factor", FINITE, True)),
    ("scale-inf", lambda: INF * L, ValueError, must_be("Scale", "factor", FINITE, INF)),
    ("scale-overflow", lambda: L * 1e300 * 1e300, ValueError, must_be("Scale", "factor", FINITE, INF)),
    ("divide-0", lambda: L / 0, ValueError, must_be("Scale", "divisor", "a number other than 0", 0)),
    (
        "divide-by-schedule",
        lambda: 2 / L,
        TypeError,  # type: ignore[operator]
        "unsupported operand type(s) for /: 'int' and 'Linear'",
    ),
    ("offset-nan", lambda: L + NAN, ValueError, must_be("Offset", "amount", FINITE, NAN)),
    (
        "minus-text",
        lambda: L - "a",
        TypeError,  # type: ignore[operator]
        "unsupported operand type(s) for -: 'Linear' and 'str'",
    ),
    (
        "times-none",
        lambda: L * None,
        TypeError,  # type: ignore[operator]
        "unsupported operand type(s) for *: 'Linear' and 'NoneType'",
    ),
    (
        "factors-number",
        lambda: pw.PiecewiseConstant.from_factors(1.0, milestones=[1], factors=3),
        TypeError,  # type: ignore[arg-type]
        must_be("PiecewiseConstant", "factors", "a non-empty sequence of finite numbers", 3),
    ),
    ("program-of-int", lambda: _core.Program(3), TypeError, "int: a schedule must have a `kind`, got 3"),
]

MASKED = np.ma.array([1, 2], mask=[0, 1])
ARRAY_STEP = "Linear: `step` must be a number or an array of integers or real numbers, got "
EVALUATION: list[Row] = [
    *(
        (f"number-{step!r:.24}", at(step), error, STEP + repr(step))
        for error, steps in {
            TypeError: (
                True,
                np.True_,
                "3",
                None,
                1j,
                np.complex64(1),
                b"3",
                {},
                {1},
                object(),
                L,
                int,
                np.datetime64("2020-01-01"),
                np.timedelta64(1, "D"),
            ),
            ValueError: (
                NAN,
                INF,
                -INF,
                -1,
                -5e-324,
                LIMIT + 1,
                LIMIT + 2,
                float(LIMIT + 2),
                2**63,
                2**64,
                10**30,
                np.float32(-1),
                np.int8(-1),
                np.uint64(2**64 - 1),
                Decimal(-1),
                Fraction(-1, 3),
            ),
        }.items()
        for step in steps
    ),
    *(
        (f"array-{array.dtype}", at(array), TypeError, f"{STEPS}{array!r} of dtype {array.dtype}")
        for array in (
            np.array([True]),
            np.array(True),
            np.array([1], object),
            np.array(["1"]),
            np.array([b"1"]),
            np.array([1j]),
            np.array(["2020-01-01"], "M8[D]"),
            np.array([1], "m8[D]"),
            np.zeros(2, [("a", "i4")]),
        )
    ),
    ("masked", at(MASKED), TypeError, f"{STEPS}{' '.join(repr(MASKED).splitlines())} of dtype int64"),
    ("list-text", at(["1"]), TypeError, STEPS + "['1'] of dtype <U1"),
    ("list-none", at([1, None]), TypeError, STEPS + "[1, None] of dtype object"),
    ("list-negative", at([1, -2, -3]), ValueError, STEP + "-2 at index 1"),
    ("tuple-nan", at((1, NAN)), ValueError, STEP + "nan at index 1"),
    ("range-negative", at(range(2, -3, -1)), ValueError, STEP + "-1 at index 3"),
    ("int8", at(np.array([0, -1], "i1")), ValueError, STEP + "-1 at index 1"),
    ("int64", at(np.array([LIMIT, LIMIT + 1])), ValueError, STEP + "9007199254740993 at index 1"),
    ("uint64", at(np.array([2**64 - 1], "u8")), ValueError, STEP + "18446744073709551615 at index 0"),
    ("2-d", at(np.array([[1, 2], [3, -4.5]])), ValueError, STEP + "-4.5 at index 3"),
    ("float32-nan", at(np.array([NAN], "f4")), ValueError, STEP + "nan at index 0"),
    ("late", at(np.r_[np.zeros(600_000), INF]), ValueError, STEP + "inf at index 600000"),
    ("0-d", at(np.array(-1)), ValueError, STEP + "-1 at index 0"),
    (
        "past-end",
        lambda: L.past_end("error")(11),
        ValueError,
        "PastEnd: `step` must be a number >= 0 and <= 10, where the schedule ends, got 11",
    ),
    (
        "past-end-array",
        lambda: L.past_end("error")([1, 30]),
        ValueError,
        "PastEnd: `step` must be a number >= 0 and <= 10, where the schedule ends, got 30 at index 1",
    ),
    (
        "past-end-range",
        lambda: L.past_end("error").array(20),
        ValueError,
        "PastEnd: `step` must be a number >= 0 and <= 10, where the schedule ends, got 19",
    ),
    ("lr", lambda: L.lr(-1), ValueError, STEP + "-1"),
    ("item", lambda: L[-1], ValueError, STEP + "-1"),
    ("slice-backwards", lambda: L[::-1], ValueError, "Linear: `step` must be an integer >= 1 and <= 2**53, got -1"),
    (
        "slice-real",
        lambda: L[1.5:],
        TypeError,  # type: ignore[misc]
        "Linear: `start` must be an integer >= 0 and <= 2**53, got 1.5",
    ),
    ("slice-negative", lambda: L[:-1], ValueError, "Linear: `stop` must be an integer >= 0 and <= 2**53, got -1"),
    *(
        (
            f"stop-{value!r:.20}",
            lambda value=value: L.array(value),
            error,
            f"Linear: `stop` must be an integer >= 0 and <= 2**53, got {value!r}",
        )
        for value, error in (
            (-1, ValueError),
            (10**19, ValueError),
            (LIMIT + 1, ValueError),
            (2.0, TypeError),
            (True, TypeError),
            (np.True_, TypeError),
            ("3", TypeError),
            (NAN, TypeError),
        )
    ),
    ("stride-0", lambda: L.array(0, 5, 0), ValueError, "Linear: `step` must be an integer >= 1 and <= 2**53, got 0"),
    (
        "start-negative",
        lambda: L.array(-1, 5),
        ValueError,
        "Linear: `start` must be an integer >= 0 and <= 2**53, got -1",
    ),
    ("dtype-half", lambda: L.array(4, dtype="f2"), TypeError, must_be("Linear", "dtype", "float64 or float32", "f2")),
    ("dtype-int", lambda: L.array(4, dtype=int), TypeError, must_be("Linear", "dtype", "float64 or float32", int)),
    (
        "length-endless",
        lambda: len(ENDLESS),
        ValueError,
        "Constant: an endless schedule has no length; give `stop`, or .until(steps)",
    ),
    (
        "array-endless",
        ENDLESS.array,
        ValueError,
        "Constant: an endless schedule has no length; give `stop`, or .until(steps)",
    ),
    # a bool among integers is still a bool, whatever NumPy makes of it
    ("list-bool", at([True, 1]), TypeError, ARRAY_STEP + "[True, 1]"),
]

OUT: list[Row] = [
    ("list", lambda: L.array(4, out=[1]), TypeError, "Linear: `out` must be a NumPy array, got [1]"),  # type: ignore[arg-type]
    ("shape", lambda: L.array(4, out=np.zeros(5)), ValueError, "Linear: `out` must have shape (4,), got (5,)"),
    ("2-d", lambda: L.array(4, out=np.zeros((4, 1))), ValueError, "Linear: `out` must have shape (4,), got (4, 1)"),
    (
        "other-dtype",
        lambda: L.array(4, dtype="f4", out=np.zeros(4)),
        TypeError,
        "Linear: `out` must be an array of float32, got dtype float64",
    ),
    (
        "int",
        lambda: L.array(4, out=np.zeros(4, "i8")),
        TypeError,
        "Linear: `out` must be an array of float64 or float32, got dtype int64",
    ),
    (
        "byte-order",
        lambda: L.array(4, out=np.zeros(4, ">f8")),
        TypeError,
        "Linear: `out` must be an array of float64 or float32, got dtype >f8",
    ),
]

CALL = {"warmup_steps": 5, "total_steps": 9}


def recipe(name: str, *values: Any, **fields: Any) -> Callable[[], Any]:
    return lambda: getattr(pw, name)(*values, **fields)


def rule_row(name: str, field: str, rule: str, bad: Any, *values: Any, **fields: Any) -> Row:
    """A recipe with one bad argument, which the message names as the recipe does."""
    error = ValueError if isinstance(bad, int | float) and not isinstance(bad, bool) else TypeError
    given = fields | ({} if values else {field: bad})
    call = recipe(name, *(values or ()), **given)
    return f"{name}-{field}-{bad!r:.12}", call, error, must_be(name, field, rule, bad)


RECIPES: list[Row] = [
    *(
        rule_row(name, "peak_value", NON_NEGATIVE, bad, bad, **CALL)
        for name in ("warmup_constant", "warmup_linear", "warmup_cosine", "warmup_polynomial", "warmup_inverse_sqrt")
        for bad in (NAN, INF, -1, "1", None, True)
    ),
    (
        "constant-endless-nan",
        recipe("warmup_constant", NAN, warmup_steps=5),
        ValueError,
        must_be("warmup_constant", "peak_value", NON_NEGATIVE, NAN),
    ),
    *(
        (
            f"{name}-{warmup!r}",
            recipe(name, 1.0, warmup_steps=warmup, total_steps=5, **rest),
            ValueError,
            f"{name}: `warmup_steps` must be less than `total_steps` (5), got {warmup!r}",
        )
        for name, rest in (
            ("warmup_constant", {}),
            ("warmup_linear", {}),
            ("warmup_cosine", {}),
            ("warmup_polynomial", {}),
            ("warmup_inverse_sqrt", {}),
            ("warmup_exponential", {"init_value": 1, "end_value": 1}),
            ("goyal", {"scale": 8}),
        )
        for warmup in (5, 6, 5.5)
    ),
    *(
        rule_row("warmup_cosine", "warmup_steps", DELAY, bad, 1.0, warmup_steps=bad, total_steps=9)
        for bad in (-1, NAN, None, True, "5", INF, LIMIT + 1)
    ),
    *(
        rule_row("warmup_cosine", "total_steps", LENGTH, bad, 1.0, warmup_steps=0, total_steps=bad)
        for bad in (0, -5, NAN, "100", None, True, LIMIT + 1)
    ),
    rule_row("warmup_cosine", "end_value", NON_NEGATIVE, -1, 1.0, end_value=-1, **CALL),
    rule_row("warmup_cosine", "init_value", NON_NEGATIVE, NAN, 1.0, init_value=NAN, **CALL),
    rule_row("warmup_polynomial", "power", NON_NEGATIVE, -1, 1.0, power=-1, **CALL),
    rule_row("warmup_exponential", "init_value", POSITIVE, 0, 1.0, init_value=0, end_value=1, **CALL),
    rule_row("warmup_exponential", "end_value", POSITIVE, 0, 1.0, init_value=1, end_value=0, **CALL),
    rule_row("warmup_inverse_sqrt", "timescale", LENGTH, 0, 1.0, timescale=0, **CALL),
    (
        "wsd-sum",
        recipe("wsd", 1.0, decay_steps=5, **CALL),
        ValueError,
        "wsd: `warmup_steps` must be less than `total_steps` and at most `total_steps - decay_steps`, "
        "got 5 with decay_steps=5, total_steps=9",
    ),
    (
        "wsd-decay",
        recipe("wsd", 1.0, decay_steps=2, decay="linaer", **CALL),
        ValueError,
        f"wsd: `decay` must be one of {STYLES}, got 'linaer'",
    ),
    (
        "wsd-decay-list",
        recipe("wsd", 1.0, decay_steps=2, decay=["linear"], **CALL),
        ValueError,
        f"wsd: `decay` must be one of {STYLES}, got ['linear']",
    ),
    # a style, a value and a power are checked even if the stage that would use them has no length
    (
        "wsd-decay-unused",
        recipe("wsd", 1.0, decay_steps=0, decay="nope", **CALL),
        ValueError,
        f"wsd: `decay` must be one of {STYLES}, got 'nope'",
    ),
    rule_row("wsd", "end_value", NON_NEGATIVE, -1, 1.0, decay_steps=2, end_value=-1, **CALL),
    (
        "wsd-end-unused",
        recipe("wsd", 1.0, decay_steps=0, end_value=-1, **CALL),
        ValueError,
        must_be("wsd", "end_value", NON_NEGATIVE, -1),
    ),
    rule_row("wsd", "power", NON_NEGATIVE, -1, 1.0, decay_steps=2, power=-1, **CALL),
    (
        "wsd-power-unused",
        recipe("wsd", 1.0, decay_steps=0, power="a", **CALL),
        TypeError,
        must_be("wsd", "power", NON_NEGATIVE, "a"),
    ),
    (
        "wsd-init-unused",
        recipe("wsd", 1.0, decay_steps=2, warmup="saturating_exponential", init_value="q", **CALL),
        TypeError,
        must_be("wsd", "init_value", NON_NEGATIVE, "q"),
    ),
    rule_row("goyal", "scale", POSITIVE, 0, 0.1, scale=0, **CALL),
    rule_row("goyal", "then", "a schedule", "x", 0.1, scale=8, then="x", **CALL),
    (
        "goyal-warmup",
        recipe("goyal", 0.1, scale=8, warmup="x", **CALL),
        ValueError,
        must_be("goyal", "warmup", "'gradual' or 'constant'", "x"),
    ),
    (
        "one_cycle-anneal",
        recipe("one_cycle", 1.0, total_steps=9, anneal="x"),
        ValueError,
        must_be("one_cycle", "anneal", "'cosine' or 'linear'", "x"),
    ),
    (
        "one_cycle-anneal-list",
        recipe("one_cycle", 1.0, total_steps=9, anneal=["cosine"]),
        ValueError,
        must_be("one_cycle", "anneal", "'cosine' or 'linear'", ["cosine"]),
    ),
    (
        "one_cycle-fraction",
        recipe("one_cycle", 1.0, total_steps=9, warmup_fraction=1),
        ValueError,
        must_be("one_cycle", "warmup_fraction", "less than 1", 1),
    ),
    (
        "one_cycle-three",
        recipe("one_cycle", 1.0, total_steps=9, warmup_fraction=0.5, three_phase=True),
        ValueError,
        must_be("one_cycle", "warmup_fraction", "less than 0.5", 0.5),
    ),
    (
        "one_cycle-flag",
        recipe("one_cycle", 1.0, total_steps=9, three_phase=1),
        TypeError,
        must_be("one_cycle", "three_phase", "True or False", 1),
    ),
    rule_row("one_cycle", "div_factor", POSITIVE, 0, 1.0, total_steps=9, div_factor=0),
    (
        "triangular-order",
        recipe("triangular", 1.0, 0.5, up_steps=2),
        ValueError,
        "triangular: `peak_value` must be at least `base_value` (1.0), got 0.5",
    ),
    rule_row("triangular", "up_steps", LENGTH, 0, 0.0, 0.5, up_steps=0),
    rule_row("triangular", "down_steps", LENGTH, -1, 0.0, 0.5, up_steps=1, down_steps=-1),
    rule_row("triangular", "decay", POSITIVE, 0, 0.0, 0.5, up_steps=1, decay=0),
    rule_row("triangular2", "base_value", NON_NEGATIVE, NAN, NAN, 0.5, up_steps=1),
    rule_row("exp_range", "decay_rate", NON_NEGATIVE, -1, 0.0, 0.5, up_steps=1, decay_rate=-1),
    rule_row("step_decay", "init_value", NON_NEGATIVE, -1, -1, every=2),
    rule_row("step_decay", "every", LENGTH, 0, 1.0, every=0),
    rule_row("step_decay", "factor", NON_NEGATIVE, -0.1, 1.0, every=2, factor=-0.1),
    rule_row("multi_step", "init_value", FINITE, NAN, NAN, milestones=[3]),
    rule_row("multi_step", "factor", FINITE, INF, 1.0, milestones=[3], factor=INF),
    rule_row("multi_step", "milestones", MILESTONES, None, 1.0, milestones=None),
    (
        "multi_step-order",
        recipe("multi_step", 1.0, milestones=[2, 1]),
        ValueError,
        "multi_step: `milestones[1]` must be greater than the milestone before it, got 1",
    ),
    rule_row("noam", "d_model", POSITIVE, 0, d_model=0, warmup_steps=3),
    rule_row("noam", "warmup_steps", LENGTH, 0, d_model=3, warmup_steps=0),
    rule_row("noam", "scale", NON_NEGATIVE, -1, -1, d_model=3, warmup_steps=3),
    rule_row("cosine_restarts", "cycle_steps", LENGTH, 0, 1.0, cycle_steps=0),
    rule_row("cosine_restarts", "growth", "a finite number >= 1", 0.5, 1.0, cycle_steps=5, growth=0.5),
    rule_row("cosine_restarts", "decay", POSITIVE, 0, 1.0, cycle_steps=5, decay=0),
    rule_row("cosine_restarts", "cycles", "None or an integer >= 1 and <= 2**53", 0, 1.0, cycle_steps=5, cycles=0),
    rule_row("cosine_restarts", "warmup_steps", DELAY, -1, 1.0, cycle_steps=5, warmup_steps=-1),
    (
        "cosine_restarts-rise",
        recipe("cosine_restarts", 1.0, cycle_steps=5, rewarmup_steps=5),
        ValueError,
        "cosine_restarts: `rewarmup_steps` must be less than `cycle_steps` (5), got 5",
    ),
    rule_row("anneal", "schedule", "a schedule", None, None, at=1, over=1),
    rule_row("anneal", "at", DELAY, -1, L, at=-1, over=1),
    rule_row("anneal", "over", LENGTH, 0, L, at=1, over=0),
    rule_row("anneal", "to", NON_NEGATIVE, -1, L, at=1, over=1, to=-1),
    (
        "anneal-shape",
        recipe("anneal", L, at=1, over=1, shape="x"),
        ValueError,
        f"anneal: `shape` must be one of {STYLES}, got 'x'",
    ),
    rule_row("use", "schedule", "a schedule", "x", "x"),
    rule_row("use", "schedule", "a schedule", None, None),
]


def table(rows: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("call", "error", "message"), [pytest.param(*row[1:], id=row[0]) for row in rows])


@table(CONSTRUCTION)
def test_construction(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    refused(call, error, message)


@table(EVALUATION)
def test_evaluation(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    refused(call, error, message)


@table(OUT)
def test_out(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    refused(call, error, message)


@table(RECIPES)
def test_recipes(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    refused(call, error, message)


BAD: dict[str, list[tuple[Any, type[Exception]]]] = {
    "finite": [(NAN, ValueError), (INF, ValueError), ("1", TypeError), (True, TypeError), (None, TypeError)],
    "non_negative": [(-0.5, ValueError), (NAN, ValueError), (1j, TypeError), (True, TypeError)],
    "positive": [(0.0, ValueError), (-1, ValueError), (INF, ValueError), (True, TypeError), ([1], TypeError)],
    "length": [(0, ValueError), (LIMIT + 1, ValueError), (NAN, ValueError), (True, TypeError), (None, TypeError)],
    "optional_length": [(0, ValueError), (-2, ValueError), (INF, ValueError), (False, TypeError), ("2", TypeError)],
    "delay": [(-1, ValueError), (LIMIT + 1, ValueError), (True, TypeError), (None, TypeError)],
    "at_least_one": [(0.999, ValueError), (INF, ValueError), (True, TypeError)],
    "tanh_end": [(-100.5, ValueError), (101, ValueError), (NAN, ValueError), ("1", TypeError)],
    "radam_beta": [(0.6, ValueError), (1.0, ValueError), (NAN, ValueError), (None, TypeError)],
    "flag": [(1, TypeError), (0.0, TypeError), ("yes", TypeError), (None, TypeError), (np.True_, TypeError)],
    "optional_finite": [(NAN, ValueError), (INF, ValueError), (True, TypeError), ("1", TypeError)],
    "optional_count": [(0, ValueError), (1.5, ValueError), (LIMIT + 1, ValueError), (True, TypeError)],
    "numbers": [((), ValueError), (3, TypeError), ("ab", TypeError), ({1: 2}, TypeError), (None, TypeError)],
    "milestones": [(3, TypeError), ("ab", TypeError), (None, TypeError), ({1}, TypeError)],
    "points": [(3, TypeError), ("ab", TypeError), (None, TypeError)],
    "schedule": [(1.0, TypeError), (None, TypeError), ("x", TypeError), (pw.Linear, TypeError)],
    "schedules": [((), ValueError), (3, TypeError), (None, TypeError), ("x", TypeError)],
    "policy": [("hold", ValueError), ("Repeat", ValueError), (None, TypeError), (1, TypeError), ("\ud800", ValueError)],
}


def sample_of(kind: str) -> pw.Schedule:
    return next(sample for sample in (SHAPES | COMBINATORS)[kind] if sample.kind == kind)


def test_every_rule_has_bad_values() -> None:
    assert set(BAD) == set(_core.Rule.__members__)


@pytest.mark.parametrize(
    ("kind", "field", "rule", "bad", "error"),
    [
        pytest.param(kind, field, rule, bad, error, id=f"{kind}-{field}-{ascii(bad)[:20]}")
        for kind, fields in _core.PARAMETERS.items()
        for field, rule in fields.items()
        for bad, error in BAD[rule.name]
    ],
)
def test_every_rule_of_every_kind(kind: str, field: str, rule: _core.Rule, bad: object, error: type[Exception]) -> None:
    sample = sample_of(kind)
    message = must_be(type(sample).__name__, field, _core.describe(rule), bad)
    refused(lambda: dataclasses.replace(sample, **{field: bad}), error, message)  # type: ignore[type-var]


# What is accepted.


@pytest.mark.parametrize(
    "number",
    [
        0.1,
        np.float64(0.1),
        np.float32(0.5),
        np.int64(3),
        np.uint8(7),
        Decimal("0.1"),
        Fraction(1, 3),
        np.array(0.25),
        0,
        5e-324,
        1e300,
        np.float16(0.5),
    ],
    ids=lambda number: f"{type(number).__name__}-{number}",
)
def test_real_numbers_are_kept_as_floats(number: Any) -> None:
    kept = pw.Constant(number).value
    assert type(kept) is float
    assert kept == float(number)
    assert pw.Constant(number)(3) == float(number)


@pytest.mark.parametrize("steps", [2, 2.0, np.int64(2), np.uint64(2), Decimal(2), Fraction(2), np.array(2)])
def test_whole_lengths_are_kept_as_integers(steps: Any) -> None:
    assert type(pw.Linear(0.0, 1.0, steps=steps).steps) is int
    assert pw.Linear(0.0, 1.0, steps=steps) == pw.Linear(0.0, 1.0, steps=2)


@pytest.mark.parametrize("kind", "bhilqBHILQefdg")
def test_steps_of_every_number_type(kind: str) -> None:
    expected = [L(step) for step in range(4)]
    steps = np.arange(4).astype(kind)
    values = L(steps)
    assert values.dtype == np.float64
    assert values.tolist() == expected
    assert [L(step) for step in steps] == expected
    assert all(type(L(step)) is float for step in steps)
    assert [L(step.item()) for step in steps] == expected
    assert L(steps.astype(steps.dtype.newbyteorder())).tolist() == expected
    assert L(np.repeat(steps, 2)[::-2]).tolist() == expected[::-1]
    assert L(steps.reshape(2, 2)).tolist() == [expected[:2], expected[2:]]
    assert L(np.asfortranarray(steps.reshape(2, 2))).tolist() == [expected[:2], expected[2:]]
    steps.setflags(write=False)
    assert L(steps).tolist() == expected
    zero = L(steps[3:].reshape(()))
    assert isinstance(zero, np.ndarray)
    assert zero.shape == ()
    assert zero == expected[3]


@pytest.mark.parametrize("step", [Decimal("2.5"), Fraction(5, 2), np.float16(2.5), np.float32(2.5), 2.5])
def test_real_steps_of_other_types(step: Any) -> None:
    assert L(step) == L.lr(step) == L[step] == 0.25


def test_sequences_and_empty_arrays() -> None:
    assert L([1, 2.5]).tolist() == L((1, 2.5)).tolist() == [0.1, 0.25]
    assert L(range(0, 10, 5)).tolist() == [0.0, 0.5]
    for empty in ([], (), range(0), np.empty(0), np.empty(0, "i4")):
        assert L(empty).shape == (0,)
        assert L(empty).dtype == np.float64
    assert L(np.empty((0, 3))).shape == (0, 3)
    assert L.array(5, 2).shape == (0,)


def test_the_last_step_is_exact() -> None:
    long = pw.Linear(0.0, float(LIMIT), steps=LIMIT)
    for step in (2**24 + 1, LIMIT - 1, LIMIT):
        assert long(step) == long(np.array([step]))[0] == long(np.uint64(step)) == step
    assert L(-0.0) == 0.0
    assert L(LIMIT) == 1.0


def test_tensors() -> None:
    torch = pytest.importorskip("torch")
    for dtype in (torch.int8, torch.int64, torch.uint8, torch.float16, torch.bfloat16, torch.float32, torch.float64):
        assert L(torch.tensor(3, dtype=dtype)) == L(3)
        assert type(L(torch.tensor(3, dtype=dtype))) is float
        assert pw.Constant(torch.tensor(3, dtype=dtype)).value == 3.0
    for bad in (torch.tensor(True), torch.tensor(1j)):
        refused(lambda bad=bad: L(bad), TypeError, STEP + repr(bad))
        refused(lambda bad=bad: pw.Constant(bad), TypeError, must_be("Constant", "value", FINITE, bad))
    refused(lambda: L(torch.tensor(-1)), ValueError, STEP + "tensor(-1)")
    refused(lambda: L(torch.tensor(NAN)), ValueError, STEP + "tensor(nan)")
    with pytest.raises(TypeError, match=r"^Linear: `step` must be a number or an array of .* of dtype bool$"):
        L(torch.tensor([True]))
    assert L(torch.tensor([1, 2])).tolist() == [0.1, 0.2]


# Buffers.


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("stride", [1, 2, -1, -3])
def test_out_is_filled_wherever_it_lies(dtype: str, stride: int) -> None:
    whole = np.full(3 * 11, 7.0, dtype)
    out = whole[::stride][:11]
    assert L.array(11, out=out) is out
    assert out.tolist() == L.array(11).astype(dtype).tolist()
    assert (whole == 7.0).sum() == len(whole) - 11


def test_out_that_cannot_be_written() -> None:
    frozen = np.zeros(4)
    frozen.setflags(write=False)
    odd = np.zeros(33, "u1")[1:].view("f8")
    for out in (frozen, odd):
        with pytest.raises(ValueError, match=r"^Linear: `out` must be writable and aligned, got flags \d+$"):
            L.array(4, out=out)
        assert not out.any()


def test_a_failed_call_leaves_out_untouched() -> None:
    ending = L.past_end("error")
    for count in (20, 600_000):
        out = np.full(count, 7.0)
        with pytest.raises(ValueError, match="where the schedule ends"):
            ending.array(count, out=out)
        assert (out == 7.0).all()
    out = np.full(4, 7.0)
    for call in (lambda: L.array(-1, 3, out=out), lambda: L.array(0, 8, 0, out=out), lambda: L.array(5, out=out)):
        with pytest.raises(ValueError, match="must"):
            call()
        assert (out == 7.0).all()


@pytest.mark.parametrize("count", [10**13, 10**15, LIMIT])
def test_what_fits_in_no_memory(count: int) -> None:
    started = time.monotonic()
    with pytest.raises(MemoryError):
        L.array(count)
    with pytest.raises(MemoryError):
        _ = L[:count]
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize("width", [1, 20])
@pytest.mark.parametrize("kind", ["range", "steps"])
def test_ctrl_c_is_answered(kind: str, width: int, tmp_path: Path) -> None:
    count = 50_000_000
    slow = pw.minimum(*(pw.Cosine(1.0, 0.0, steps=count + i, exponent=2.5) for i in range(width)))
    out = np.memmap(tmp_path / "values", "f4", "w+", shape=(count,))
    steps = np.zeros(count) if kind == "steps" else None
    pressed: list[float] = []

    def press() -> None:
        time.sleep(0.3)
        pressed.append(time.monotonic())
        _thread.interrupt_main()

    thread = threading.Thread(target=press)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            slow.array(count, out=out) if steps is None else slow(steps)
        answered = time.monotonic()
    finally:
        thread.join()
    assert answered - pressed[0] < 1.0


# Values stay what they are.


def test_attributes_are_read_only() -> None:
    value = pw.Linear(0.0, 1.0, steps=10)
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.steps = 20  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.steps
    assert value == L
    assert value(5) == 0.5


@pytest.mark.parametrize("name", ["foo", "kind", "total_steps", "depth", "lr", "array"])
def test_no_attribute_can_be_added_or_replaced(name: str) -> None:
    value = pw.Linear(0.0, 1.0, steps=10)
    with pytest.raises(AttributeError):  # FrozenInstanceError is one
        setattr(value, name, 3)
    with pytest.raises(AttributeError):
        delattr(value, name)


def test_a_second_init_changes_nothing() -> None:
    value = pw.Linear(0.0, 1.0, steps=10)
    with pytest.raises((TypeError, AttributeError)):
        value.__init__(0.0, 1.0, steps=20)  # type: ignore[misc]
    assert value == L
    assert value(5) == 0.5


def test_lists_are_copied() -> None:
    values, milestones, points = [1.0, 0.5], [3], [[0, 0.0], [4, 1.0]]
    stairs, lines = pw.PiecewiseConstant(values, milestones=milestones), pw.PiecewiseLinear(points)  # type: ignore[arg-type]
    array = np.array([1.0, 2.0])
    table_ = pw.Table(array)
    stages = [L, pw.Constant(2.0)]
    joined = pw.Join(stages)  # type: ignore[arg-type]
    values[0] = milestones[0] = points[1][1] = array[0] = 9
    stages.append(L)
    assert (stairs.values, stairs.milestones, stairs(0)) == ((1.0, 0.5), (3,), 1.0)
    assert (lines.points, lines(4)) == (((0, 0.0), (4, 1.0)), 1.0)
    assert (table_.values, table_(0)) == ((1.0, 2.0), 1.0)
    assert (len(joined.stages), joined(10)) == (2, 2.0)


def test_depth_is_bounded() -> None:
    deep: pw.Schedule = L
    for _ in range(_core.LARGEST_DEPTH - 1):
        deep = pw.Reverse(deep)
    assert deep == dataclasses.replace(deep)
    assert hash(deep) == hash(dataclasses.replace(deep))
    assert repr(deep).count("Reverse(") == _core.LARGEST_DEPTH - 1
    message = (
        "Reverse: schedules are nested more than 100 deep; "
        "join, add and multiply side by side, or make a Table of the values"
    )
    refused(deep.reverse, ValueError, message)


def test_many_stages_are_quick() -> None:
    started = time.monotonic()
    many = pw.Join((pw.Linear(0.0, 1.0, steps=2),) * 200_000)
    assert many([0, 1, 399_998, 399_999, 400_000]).tolist() == [0.0, 0.5, 0.0, 0.5, 1.0]
    assert time.monotonic() - started < 2.0


# Objects that no constructor has seen: an error, never a crash; in a process of its own, for it might.

UNMADE = [
    "x(1)", "x.lr(1)", "x[1]", "x[:3]", "x([1, 2])", "x.array(3)", "x.total_steps", "len(x)", "x._recording()",
    "x._array(0.0, 1.0, 3, None, None)", "pw.join(x, x)", "pw.join(x, pw.Constant(1.0))", "x * 2", "x.reverse()",
    "pw.use(x)", "x.to_dict()", "x.fingerprint", "next(iter(x))", "repr(x)", "pickle.dumps(x)", "x.clip(0, 1)",
]  # fmt: skip


@pytest.mark.parametrize("maker", ["pw.Linear", "pw.Schedule", "pw._core.Program"])
def test_objects_that_were_never_made(maker: str) -> None:
    made_of = "pw.Linear.__new__(pw.Linear)" if maker == "pw.Linear" else f"{maker}.__new__({maker})"
    code = f"""
import pickle, numpy, pywarmup as pw
for text in {[text for text in UNMADE if maker == "pw.Linear" or text != "repr(x)"]!r}:
    print("trying", text, flush=True)
    try:
        x = {made_of}
        result = eval(text)
    except (TypeError, ValueError, AttributeError) as error:
        assert "e-3" not in str(error), error  # memory that nobody wrote
    else:
        raise SystemExit(f"{{text}} gave {{result!r}}")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd="/"
    )
    assert done.returncode == 0, (done.returncode, done.stdout.splitlines()[-1:], done.stderr.splitlines()[-1:])


def test_ragged_lists_are_named() -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape("Linear: `step` must be")):
        L([[1, 2], [3]])


def test_calls_without_a_step_fit_on_a_line() -> None:
    for call in (lambda: L(), lambda: L(1, 2)):  # type: ignore[call-arg, call-overload]
        with pytest.raises(TypeError) as caught:
            call()
        assert "\n" not in str(caught.value)


# Arrays to write into that overlap.


def test_out_must_not_overlap() -> None:
    schedule = pw.Linear(0.0, 1.0, steps=4)
    room = np.arange(10.0)
    for steps, out in ((room, room), (room[:5], room[1:6]), (room[::2], room[:5]), (room.view(np.int64), room)):
        with pytest.raises(ValueError, match=r"^Linear: `out` must not overlap `steps`, got two views"):
            schedule.at(steps, out=out)
    assert schedule.at(room[:5], out=room[5:]) is not None
    assert schedule.at(np.arange(10.0)[::2], out=room[::2])[-1] == 1.0
    twice = np.lib.stride_tricks.as_strided(np.zeros(1), (3,), (0,))
    with pytest.raises(ValueError, match=r"^Linear: `out` must not overlap itself, got strides \(0,\)$"):
        schedule.array(3, out=twice)
    with pytest.raises(ValueError, match=r"^Linear: `out` must have shape \(2, 5\), got \(10,\)$"):
        schedule.at(np.zeros((2, 5)), out=np.zeros(10))
    for bad in (-1.0, np.nan, np.inf, 2.0**54):
        with pytest.raises(ValueError, match=r"^Linear: `steps` must be a number >= 0 .* at index 1$"):
            schedule.at([0.0, bad])


def test_a_huge_array_is_a_memory_error() -> None:
    schedule = pw.Cosine(1.0, 0.0, steps=100)
    with pytest.raises(MemoryError):
        schedule.array(10**13)
    with pytest.raises(MemoryError):
        schedule(range(10**13))


@contextmanager
def interrupt_after(seconds: float) -> Iterator[None]:
    """Ctrl-C, some time from now; a warning on the way would be an error."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)


def test_a_long_fill_answers_an_interrupt_and_lets_other_threads_run() -> None:
    schedule = pw.warmup_cosine(1.0, warmup_steps=1000, total_steps=2 * 10**9)
    out = np.zeros(10**9, dtype=np.float32)  # memory is there when it is written to
    turns: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.wait(0.005):
            turns.append(time.perf_counter())

    other = threading.Thread(target=count)
    other.start()
    try:
        with interrupt_after(0.15), pytest.raises(KeyboardInterrupt):
            schedule.array(10**9, out=out)
    finally:
        done.set()
        other.join()
    assert out[0] == 0.0 < out[1000] == 1.0
    assert out[-1] == 0.0
    assert len(turns) > 2


def test_buffered_steps_answer_an_interrupt() -> None:
    steps = np.broadcast_to(np.int32(5), 10**9)  # no memory, and no type that is read directly
    out = np.zeros(10**9, dtype=np.float32)
    with interrupt_after(0.05), pytest.raises(KeyboardInterrupt):
        pw.Linear(0.0, 1.0, steps=9).at(steps, out=out)
    assert out[0] > 0.0 == out[-1]
