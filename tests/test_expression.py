"""Expressions: what Python would make of them, and nothing else."""

import importlib
import math
import re
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry import SAMPLES

import pywarmup as pw
from pywarmup.cli import arithmetic, limits, names
from pywarmup.cli.expression import parse
from pywarmup.compat import LIBRARIES

L = "Linear(0, 1, steps=10)"
NAMES = {**vars(pw), "pw": pw}


@pytest.mark.parametrize(
    "text",
    [
        "warmup_cosine(3e-4, warmup_steps=2_000, total_steps=100_000)",
        "pw.warmup_cosine(3e-4, warmup_steps=0.02 * 100_000, total_steps=10**5)",
        "join(Linear(0, 1, steps=10), Cosine(1, 0, steps=90)) * 0.1",
        "join(\n  Linear(0, 1, steps=10),\n\tCosine(1, 0, steps=90),\n)",
        f"-{L}",
        f"+0.1 - {L}",
        f"2 * {L} / 4 + 1 - -1",
        f"{L} + {L} * {L} - {L}",
        f"{L}.clip(0.1, upper=0.5).shift(2).stretch(3).until(20).repeat(2, growth=2).reverse().past_end('mirror')",
        'wsd(1, warmup_steps=1, decay_steps=2, total_steps=9, decay="1-sqrt")',
        "PiecewiseConstant([1.0, -0.5, .1], milestones=(2, 4))",
        "PiecewiseConstant.from_factors(1, milestones=[2], factors=[0.5])",
        "PiecewiseLinear([(0, 0.0), (2, 1.0)])",
        "ExponentialDecay(1, decay_rate=0.5, every=2, staircase=True)",
        "Constant(0.1, steps=None)",
        "Table([1, 2, 3])",
        f"minimum({L}, maximum(Constant(7 // 2 % 2), Constant(1e-3)))",
        f"anneal({L}, at=5, over=2 ** 3)",
        "warmup_linear(1, warmup_steps=2, total_steps=pw.counting.total_steps(epochs=3, batches=10))",
    ],
)
def test_an_expression_is_what_python_makes_of_it(text: str) -> None:
    assert parse(text) == eval(" ".join(text.split()), NAMES)


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_the_repr_of_a_schedule_is_an_expression(schedule: pw.Schedule) -> None:
    assert parse(repr(schedule)) == schedule


def test_an_expression_may_have_a_hundred_thousand_characters() -> None:
    values = [index / 7 for index in range(5_000)]
    assert parse(f"Table({values!r})") == pw.Table(values)


KNOWN = "must be a shape, a combinator or a recipe of pywarmup"
MADE_OF = "it must be made of calls, numbers, texts, lists and operators, got "
REFUSED = {
    # Names.
    "warmup_cosin(1)": f"`warmup_cosin` {KNOWN}; did you mean `warmup_cosine`?",
    "linear(0, 1, steps=9)": f"`linear` {KNOWN}; did you mean `Linear`?",
    "__import__('os')": f"`__import__` {KNOWN}; `pywarmup list` shows them",
    "__import__('os').system('true')": f"`__import__` {KNOWN}",
    "eval('1')": f"`eval` {KNOWN}",
    "pw.use(Constant(1))": f"`pw.use` {KNOWN}",
    "pw.from_json('1')": f"`pw.from_json` {KNOWN}",
    "pw.serialize.from_json('1')": f"`pw.serialize.from_json` {KNOWN}",
    "counting.math.sqrt(2)": f"`counting.math.sqrt` {KNOWN}",
    "counting.total_step(epochs=1, batches=1)": f"`counting.total_step` {KNOWN}; did you mean `counting.total_steps`?",
    "Linear.__init__(1)": f"`Linear.__init__` {KNOWN}",
    "Linear.clip(1)": f"`Linear.clip` {KNOWN}",
    "nan": f"`nan` {KNOWN}",
    "warmup_cosine": "`warmup_cosine` must be called: `warmup_cosine(...)`; `pywarmup list warmup_cosine` explains it",
    # Attributes.
    f"{L}.__class__": f"{MADE_OF}an attribute that is not called at character 1",
    f"{L}.__class__()": "`.__class__` must be a method that gives a schedule; they are clip, past_end",
    f"{L}.clop(1)": "`.clop` must be a method that gives a schedule; did you mean `clip`?",
    f"{L}.to_json()": "`.to_json` must be a method that gives a schedule",
    "().__class__.__bases__[0].__subclasses__()": f"{MADE_OF}a subscript",
    "'{0}'.format(1)": "`.format` must be a method that gives a schedule",
    "'a'.join([1])": "`.join` must be a method that gives a schedule",
    "(3).clip(1)": "`.clip` must be called on a schedule, got 3",
    # Forms of Python that have no meaning here.
    f"{L}[0]": f"{MADE_OF}a subscript at character 1",
    f"join(*[{L}])": f"{MADE_OF}a star at character 6",
    "Linear(**Constant(1))": f"{MADE_OF}a call with `**` at character 10",
    "f'x'": "it must have a comma or an operator before 'x', got none at character 2",
    "b'x'": "it must have a comma or an operator before ",
    "Table([1 2])": "it must have a comma or an operator before 2, got none at character 10",
    "Constant(1) Constant(2)": "it must have a comma or an operator before Constant, got none at character 13",
    "Constant(...)": f"{MADE_OF}bytes or an ellipsis",
    f"{L} == {L}": f"{MADE_OF}a comparison",
    "[x for x in 'a']": "it must not have `for`, got it at character 4",
    "lambda: 1": "it must not have `lambda`",
    f"{L} if 1 else 2": "it must not have `if`",
    "not 1": "it must not have `not`",
    "(x := 1)": "it must not have ':', got it at character 4",
    "{1: 2}": "it must not have '{'",
    "1; 2": "it must not have ';'",
    "1 # 2": "it must not have '#'",
    "'\\x41'": 'it must not have "\'"',
    "Cönstant(1)": "it must not have '\\xf6', got it at character 2",
    "Constant(\x001)": "it must not have '\\x00'",
    "Constant(\x1b[31m1)": "it must not have '\\x1b'",
    # Brackets.
    "Constant(1": "its brackets must match, got 1 that are not closed",
    "Constant(1))": "its brackets must match, got `)` at character 12",
    "Constant(1]": "its brackets must match, got `]` at character 11",
    "Constant(1,, 2)": "it must be Python; ",
    # Values.
    "": "it must be a schedule, got nothing",
    " \n": "it must be a schedule, got nothing",
    "3": "it must be a schedule, got 3",
    f"[{L}]": "it must be a schedule, got [",
    "'Constant(1)'": "it must be a schedule, got 'Constant(1)'",
    # Operators.
    f"2 / {L}": "`/` must be between numbers, got 2 and a Linear",
    f"{L} ** 2": "`**` must be between numbers, got a Linear and 2",
    f"{L} % 2": "`%` must be between numbers, got a Linear and 2",
    "Constant('x' * 10**10)": "`*` must be between numbers or schedules, got 'x'",
    "Table([1] * 10**10)": "`*` must be between numbers or schedules, got [1]",
    "Constant(True + 1)": "`+` must be between numbers or schedules, got True",
    "Constant(-True)": "`-` must be before a number or a schedule, got True",
    f"+{L}": "`+` must be before a number or a schedule, got a Linear",
    f"{L} @ {L}": "it must not have '@'",
    "Constant(1 << 9)": "it must not have '<'",
    # Numbers.
    "Constant(1e999)": "the number at character 10 must be a finite number; it is too large",
    "Constant(1j)": "the number at character 10 must be a real number",
    "Constant(2**10**10)": "`2 ** 10000000000` must be a finite number; it is too large",
    "Constant(2**1024)": "`2 ** 1024` must be a finite number; it is too large",
    "Constant((2**1000)**1000)": "... ** 1000` must be a finite number; it is too large",
    "Constant(2.0**10000)": "`2.0 ** 10000` must be a finite number; it is too large",
    "Constant((-8)**0.5)": "must be a real number",
    "Constant(1e308 * 10)": "`1e+308 * 10` must be a finite number; it is too large",
    "Constant(1 / 0)": "`1 / 0` must be a finite number; it divides by zero",
    "Constant(1 // 0)": "`1 // 0` must be a finite number; it divides by zero",
    "Constant(0.0 ** -1)": "`0.0 ** -1` must be a finite number; it divides by zero",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_what_is_no_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^expression: .*{re.escape(message)}") as caught:
        parse(text)
    assert "\n" not in str(caught.value)


ARGUMENTS = {
    "warmup_cosine(0.1, warmup_step=10, total_steps=100)": (
        "warmup_cosine: `warmup_step` must be one of its parameters; did you mean `warmup_steps`?"
    ),
    "Linear(0, 1, x=1)": "Linear: `x` must be one of its parameters; they are `init_value`, `end_value`, `steps`",
    "warmup_cosine(0.1, warmup_steps=10)": "warmup_cosine: `total_steps` must be given, and is missing",
    "warmup_cosine(0.1, 10, 100)": (
        "warmup_cosine: it must get at most 1 arguments without names, got 3; write the others as `warmup_steps=...`"
    ),
    f"{L}.reverse(1)": ".reverse: it must get at most 0 arguments without names, got 1",
    "Constant(0.1, value=1)": "Constant: `value` must be given once, got it twice",
    "Constant(value=1, value=2)": "Constant: `value` must be given once, got it twice",
    "join(stages=1)": "join: `stages` must be one of its parameters; did you mean `stages`?",
    "warmup_cosine(0.1, warmup_steps=9, total_steps=9)": (
        "warmup_cosine: `warmup_steps` must be less than `total_steps` (9), got 9"
    ),
    "Linear(0, 'x', steps=9)": "Linear: `end_value` must be a finite number >= 0, got 'x'",
    "Linear(0, True, steps=9)": "Linear: `end_value` must be a finite number >= 0, got True",
    f"join({L}, 3)": "Join: `stages[1]` must be a schedule, got 3",
    f"{L}.past_end('x')": "PastEnd: `policy` must be 'hold', 'repeat', 'mirror' or 'error', got 'x'",
}


@pytest.mark.parametrize(("text", "message"), ARGUMENTS.items())
def test_wrong_arguments_are_named(text: str, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=f"^{re.escape(message)}"):
        parse(text)


DEEP = {
    "parentheses": "(" * 10_000 + "Constant(1)" + ")" * 10_000,
    "lists": "Table(" + "[" * 10_000 + "1" + "]" * 10_000 + ")",
    "calls": "Constant(" * 10_000 + "1" + ")" * 10_000,
    "calls of calls": "Constant" + "(1)" * 10_000,
    "minus": "-" * 10_000 + "Constant(1)",
    "sum": "1+" * 90_000 + "1",
    "powers": "1**" * 50_000 + "1",
    "methods": "Constant(1)" + ".clip(0)" * 10_000,
    "attributes": "a" + ".a" * 10_000,
    "names": "x " * 90_000,
    "strings": "'x'" * 60_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_depth_is_refused_before_python_reads_it(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ValueError, match=r"^expression: .*(at most 100 deep|before (x|'x'),)"):
        parse(text)
    assert time.perf_counter() - start < 5.0


def test_what_is_as_deep_as_may_be_can_be_read() -> None:
    inside = limits.DEEPEST - 1
    assert parse("(" * inside + "Constant(1)" + ")" * inside) == pw.Constant(1)
    assert parse("Constant(" + "1+" * (limits.DEEPEST - 1) + "1)") == pw.Constant(limits.DEEPEST)
    assert parse("Constant(" + "-" * (limits.DEEPEST - 1) + "1)") == pw.Constant(-1)
    assert parse("Constant(1)" + ".past_end('hold')" * inside) == pw.Constant(1)


@pytest.mark.parametrize("digits", [limits.LONGEST_NUMBER + 1, 100_000])
def test_long_numbers_are_refused(digits: int) -> None:
    with pytest.raises(ValueError, match=f"a number must be at most 100 characters, got 9{{20}}... of {digits}"):
        parse(f"Constant({'9' * digits})")
    assert parse(f"Constant({'9' * limits.LONGEST_NUMBER})") == pw.Constant(1e100)


def test_long_texts_are_refused() -> None:
    text = "Table([" + "1," * limits.LONGEST_TEXT + "])"
    with pytest.raises(ValueError, match=f"must be at most 200000 characters, got {len(text)}; use a JSON file"):
        parse(text)


def test_warnings_of_python_do_not_show(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(ValueError, match="expression"):
        parse("1(2)")
    with pytest.raises(ValueError, match="expression"):
        parse("Constant(1_or 2)")
    assert not recwarn.list


@given(st.text(max_size=60) | st.text(alphabet="()[],.+-*/%=01e'\"_ Constant", max_size=60))
def test_any_text_is_a_schedule_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(parse(text), pw.Schedule)
    except (ValueError, TypeError) as error:
        message = str(error)
    else:
        message = ""
    assert "\n" not in message


@given(
    st.sampled_from(list(arithmetic.OPERATORS)),
    st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    st.integers() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_arithmetic_gives_a_double_or_a_value_error(kind: type, left: float, right: float) -> None:
    try:
        result = arithmetic.compute(kind, left, right)
    except ValueError:
        return
    assert math.isfinite(float(result))
    assert result == arithmetic.OPERATORS[kind][1](left, right)


def test_a_module_becomes_a_prefix_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(names.PREFIXES, "recipe.", "pywarmup.recipes")
    assert parse("recipe.noam(d_model=4, warmup_steps=2)") == pw.noam(d_model=4, warmup_steps=2)
    with pytest.raises(ValueError, match=r"did you mean `recipe\.noam`"):
        parse("recipe.noan(1)")


def test_all_shapes_combinators_and_recipes_are_known() -> None:
    makers = {name for name in pw.__all__ if isinstance(getattr(pw, name), type) or name in vars(pw.recipes)}
    assert makers - {"Schedule", "Finding", "RangeTest"} <= set(names.own())


@pytest.mark.parametrize("library", LIBRARIES)
def test_other_libraries_are_known_by_their_names(library: str) -> None:
    module = importlib.import_module(f"pywarmup.compat.{library}")
    for name in module.__all__:
        assert names.find(f"compat.{library}.{name}") is getattr(module, name)
    with pytest.raises(ValueError, match=r"^expression: `compat\.\w+\.os` must be a shape"):
        parse(f"compat.{library}.os()")


def test_a_schedule_of_another_library() -> None:
    text = "compat.torch.SequentialLR([compat.torch.LinearLR(0.1, base_lr=1), compat.torch.StepLR(9, base_lr=1)], [5])"
    assert parse(text)(0) == 0.1
    assert all(hasattr(pw.Schedule, method) for method in names.METHODS)


def test_the_parser_is_not_near_the_limit_of_recursion() -> None:
    before = sys.getrecursionlimit()
    deepest = "join(" * 99 + "Constant(1)" + ")" * 99
    try:
        sys.setrecursionlimit(len(__import__("inspect").stack()) + 600)
        assert parse(deepest) == pw.Constant(1)
    finally:
        sys.setrecursionlimit(before)
