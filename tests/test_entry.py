"""The entry points of a step: `s.lr(step)`, `s(step)`, `s[step]`, `pywarmup.lr(step)` and iteration."""

import contextlib
import dataclasses
import functools
import gc
import inspect
import itertools
import math
import operator
import pickle
import subprocess
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from registry import COMBINATORS, SHAPES

import pywarmup as pw
from pywarmup import _core

LIMIT = 2**53
JOINED = pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=100_000, end_value=3e-5)
ENDLESS = pw.warmup_constant(0.1, warmup_steps=3)
ENDING = pw.Linear(0.0, 1.0, steps=10).past_end("error")


class Open(pw.Linear):
    """A subclass that nobody sealed."""


class Doubled(pw.Linear):
    def __call__(self, step: Any) -> Any:
        return 2 * super().__call__(step)


class Renamed(pw.Linear):
    def lr(self, step: Any, /) -> Any:
        return -super().lr(step)


def by_use(schedule: pw.Schedule, step: Any) -> Any:
    before = _core.current()
    _core.set_current(schedule)
    try:
        return pw.lr(step)
    finally:
        _core.set_current(before)


ENTRIES: dict[str, Callable[[Any, Any], Any]] = {
    "call": lambda s, step: s(step),
    "by name": lambda s, step: s(step=step),
    "starred": lambda s, step: s(*(step,)),
    "map": lambda s, step: next(map(s, [step])),
    "partial": lambda s, step: functools.partial(s, step)(),
    "__call__": lambda s, step: s.__call__(step),
    "lr": lambda s, step: s.lr(step),
    "bound lr": lambda s, step: next(map(s.lr, [step])),
    "unbound lr": lambda s, step: _core.Program.lr(s, step),
    "getattr lr": lambda s, step: operator.methodcaller("lr", step)(s),
    "subscript": lambda s, step: s[step],
    "__getitem__": lambda s, step: s.__getitem__(step),
    "in use": by_use,
}
entries = pytest.mark.parametrize("ask", ENTRIES.values(), ids=ENTRIES)

NUMBERS = [
    0, 1, 2**30 - 1, 2**30, 2**31, 2**32, 2**60 % LIMIT, LIMIT - 1, LIMIT, 1_999, 2_000, 2_001, 99_999, 100_000,
    0.0, -0.0, 5e-324, 0.5, 1_999.9999999, 2_000.5, 1e15, float(LIMIT),
    np.int8(7), np.int16(7), np.int32(2_500), np.int64(50_000), np.longlong(50_000), np.uint8(9), np.uint64(50_000),
    np.intc(9),
    np.float16(3.5), np.float32(2_500.5), np.float64(2_500.5), np.float64(LIMIT), np.longdouble(2.5),
    Decimal("2.5"), Fraction(5_001, 2),
]  # fmt: skip

REFUSED = [
    True, False, np.True_, "3", b"3", None, 1j, {}, {1}, object(), int, JOINED, np.complex64(1),
    np.datetime64("2020-01-01"), np.timedelta64(1, "D"),
    -1, -(2**30), -(2**31), -(2**70), LIMIT + 1, 2**60, 2**63, 2**64, 10**30, 10**400,
    -0.5, -5e-324, math.nan, -math.nan, math.inf, -math.inf, float(LIMIT + 2), 1e300,
    np.int8(-1), np.int64(-1), np.int64(LIMIT + 1), np.uint64(2**64 - 1), np.float16(-1), np.float32(math.nan),
    np.float64(-1), np.float64(math.nan), np.float64(math.inf), Decimal(-1), Decimal("nan"), Fraction(-1, 3),
    [1, -1], ["1"], [True], (1, math.nan), np.array(True), np.array([1j]), np.array([-1]),
]  # fmt: skip


def name_of(value: object) -> str:
    return f"{type(value).__name__}-{ascii(value)[:20]}"


def float_of(step: Any) -> float:
    return float(step) if not isinstance(step, Fraction) else step.numerator / step.denominator


def error_of(call: Callable[[], Any]) -> tuple[type[BaseException], str]:
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    return type(caught.value), str(caught.value)


# The same answer everywhere.


@entries
@pytest.mark.parametrize("step", NUMBERS, ids=name_of)
def test_every_entry_gives_the_same_bits(ask: Callable[[Any, Any], Any], step: Any) -> None:
    for schedule in (JOINED, ENDLESS, Open(0.0, 1.0, steps=70_000)):
        value = ask(schedule, step)
        assert type(value) is float
        assert value == schedule(np.array([float_of(step)]))[0]


@pytest.mark.parametrize("step", REFUSED, ids=name_of)
def test_every_entry_refuses_in_the_same_words(step: Any) -> None:
    expected = error_of(lambda: JOINED(step))
    assert expected[1].startswith("Join: `step` must be ")
    for ask in ENTRIES.values():
        assert error_of(lambda ask=ask: ask(JOINED, step)) == expected  # type: ignore[misc]


@entries
@pytest.mark.parametrize(
    "steps",
    [[], [1, 2.5], (0, 3), range(4), np.arange(6).reshape(2, 3), np.array(3), np.array(3.5), np.arange(4, dtype="u1")],
    ids=name_of,
)
def test_every_entry_takes_arrays(ask: Callable[[Any, Any], Any], steps: Any) -> None:
    values = ask(JOINED, steps)
    assert isinstance(values, np.ndarray)
    assert values.dtype == np.float64
    assert values.shape == np.shape(steps)
    assert values.ravel().tolist() == [JOINED(step) for step in np.ravel(steps).tolist()]


@entries
def test_every_entry_takes_tensors(ask: Callable[[Any, Any], Any]) -> None:
    torch = pytest.importorskip("torch")
    for dtype in (torch.int64, torch.float32, torch.float64, torch.uint8):
        assert ask(JOINED, torch.tensor(3, dtype=dtype)) == JOINED(3)
    assert ask(JOINED, torch.tensor([1, 2])).tolist() == [JOINED(1), JOINED(2)]
    for bad in (torch.tensor(True), torch.tensor(1j), torch.tensor(-1), torch.tensor(math.nan)):
        assert error_of(lambda bad=bad: ask(JOINED, bad)) == error_of(lambda bad=bad: JOINED(bad))  # type: ignore[misc]


@entries
def test_every_entry_knows_where_a_schedule_ends(ask: Callable[[Any, Any], Any]) -> None:
    assert ask(ENDING, 10) == ask(ENDING, 10.0) == ask(ENDING, np.int64(10)) == 1.0
    for step in (11, 10.000001, np.int64(11), np.float64(10.5), np.nextafter(10.0, 11.0)):
        expected = f"PastEnd: `step` must be a number >= 0 and <= 10, where the schedule ends, got {step!r}"
        assert error_of(lambda step=step: ask(ENDING, step)) == (ValueError, expected)  # type: ignore[misc]


@entries
@pytest.mark.parametrize("step", [0, 0.0, -0.0, 5e-324, 1, 40, np.int64(0), np.float64(0), 2**40])
def test_every_entry_of_a_schedule_that_begins_past_its_end(ask: Callable[[Any, Any], Any], step: float) -> None:
    schedule = ENDING.until(100).shift(50)
    expected = f"Shift: `step` must be a number >= 0 and <= -40, where the schedule ends, got {step!r}"
    assert error_of(lambda: ask(schedule, step)) == (ValueError, expected)
    with pytest.raises(ValueError, match=r"got 0$"):
        next(iter(schedule))


@entries
@pytest.mark.parametrize("kind", SHAPES | COMBINATORS)
def test_every_entry_of_every_kind(ask: Callable[[Any, Any], Any], kind: str) -> None:
    for schedule in (SHAPES | COMBINATORS)[kind]:
        steps = [0, 1, 2, 3, 0.5]
        assert [ask(schedule, step) for step in steps] == schedule(steps).tolist()


def test_integers_that_are_no_ints() -> None:
    class Count(int):
        def __index__(self) -> int:
            raise AssertionError

    class Index:
        def __index__(self) -> int:
            return 5

    class Real:
        def __float__(self) -> float:
            return 5.0

    for ask in ENTRIES.values():
        for step in (Count(5), Index(), Real()):
            assert ask(JOINED, step) == JOINED(5)


def test_an_argument_that_raises() -> None:
    class Angry:
        def __index__(self) -> int:
            raise ZeroDivisionError

        def __float__(self) -> float:
            raise ZeroDivisionError

    for ask in ENTRIES.values():
        with pytest.raises((ZeroDivisionError, TypeError)):
            ask(JOINED, Angry())


def test_an_argument_that_changes_the_schedule_in_use() -> None:
    class Meddler:
        def __index__(self) -> int:
            _core.set_current(None)
            gc.collect()
            return 5

    before = _core.current()
    try:
        _core.set_current(pw.Linear(0.0, 1.0, steps=10))  # kept by nobody else
        assert pw.lr(Meddler()) == 0.5
        with pytest.raises(LookupError):
            pw.lr(5)
    finally:
        _core.set_current(before)


# Which arguments.


def test_calls_with_other_than_one_argument() -> None:
    rule = "Join: `step` must be the one argument, got "
    for call, got in (
        (lambda: JOINED(), "0"),
        (lambda: JOINED(1, 2), "2"),
        (lambda: JOINED(1, step=2), "2, of which by name ['step']"),
        (lambda: JOINED(epoch=2), "1, of which by name ['epoch']"),
        (lambda: JOINED(**{"step": 1, "epoch": 2}), "2, of which by name ['step', 'epoch']"),
    ):
        assert error_of(call) == (TypeError, rule + got)
    for call in (JOINED.lr, lambda: JOINED.lr(1, 2), lambda: JOINED.lr(step=1), pw.lr, lambda: pw.lr(step=1)):
        kind, message = error_of(call)  # type: ignore[arg-type]
        assert kind is TypeError
        assert "\n" not in message


def test_signatures_and_help() -> None:
    for function in (JOINED.lr, pw.lr):
        assert str(inspect.signature(function)) == "(step, /)"
        assert inspect.getdoc(function).startswith("Return the value ")  # type: ignore[union-attr]
    assert list(inspect.signature(pw.Join.lr).parameters) == ["self", "step"]
    assert callable(JOINED)
    assert pickle.loads(pickle.dumps(pw.lr)) is pw.lr
    assert (pw.lr.__module__, pw.lr.__name__) == ("pywarmup", "lr")


def test_a_schedule_and_its_class_have_signatures() -> None:
    assert str(inspect.signature(JOINED)) == "(step, /)"  # trainers that take any callable look at it
    assert list(inspect.signature(pw.Linear).parameters) == ["init_value", "end_value", "steps"]


def test_calls_that_are_not_bound_to_a_schedule() -> None:
    for call in (
        lambda: pw.Cosine.lr(object(), 1),
        lambda: _core.Program.lr(3, 1),
        lambda: pw.Cosine.lr(pw.Constant(1.0), 1),
        lambda: pw.Cosine.lr(),
        lambda: type(JOINED).__getitem__(5, 1),
        lambda: type(JOINED).__call__(5, 1),
        lambda: type(JOINED).__iter__(5),
        lambda: type(iter(JOINED)).__next__(JOINED),
        lambda: type(iter(JOINED))(),
        lambda: object.__new__(type(iter(JOINED))),
        lambda: _core.quicken(int),
        lambda: _core.quicken(5),
    ):
        with pytest.raises(TypeError):
            call()


# Classes.


def test_every_class_has_a_method_of_its_own() -> None:
    for samples in (SHAPES | COMBINATORS).values():
        for sample in samples:
            assert type(sample).__dict__["lr"].__objclass__ is type(sample)
            assert "__call__" not in type(sample).__dict__


def test_a_subclass_may_override_the_call() -> None:
    doubled = Doubled(0.0, 1.0, steps=10)
    asked = [ask(doubled, 5) for ask in ENTRIES.values()]
    assert asked == [0.5 if "lr" in name else 1.0 for name in ENTRIES]
    assert [list(doubled)[5], doubled[5:6][0]] == [0.5, 0.5]
    message = "Doubled: `step` must be a number >= 0 and <= 2**53, got True"
    assert error_of(lambda: doubled[True]) == error_of(lambda: doubled(True)) == (TypeError, message)


def test_a_subclass_may_override_lr() -> None:
    renamed = Renamed(0.0, 1.0, steps=10)
    _core.quicken(Renamed)
    assert (renamed.lr(5), renamed(5), renamed[5], by_use(renamed, 5)) == (-0.5, 0.5, 0.5, 0.5)
    assert inspect.isfunction(Renamed.lr)


def test_a_call_may_be_assigned_later() -> None:
    class Late(pw.Linear):
        pass

    late = Late(0.0, 1.0, steps=10)
    for quicken in (lambda cls: None, _core.quicken):
        quicken(Late)
        assert [ask(late, 5) for ask in ENTRIES.values()] == [0.5] * len(ENTRIES)
        Late.__call__ = lambda self, step: 7.0  # type: ignore[method-assign, assignment]
        assert [ask(late, 5) for ask in ENTRIES.values()] == [0.5 if "lr" in name else 7.0 for name in ENTRIES]
        del Late.__call__
    assert [ask(late, 5) for ask in ENTRIES.values()] == [0.5] * len(ENTRIES)


def test_with_other_bases() -> None:
    class Mixin:
        __slots__ = ()

        def __getitem__(self, step: Any) -> str:
            return "mixin"

    class First(Mixin, pw.Linear):  # type: ignore[misc]
        pass

    class Second(pw.Linear, Mixin):  # type: ignore[misc]
        pass

    assert (First(0.0, 1.0, steps=10)[5], First(0.0, 1.0, steps=10)(5)) == ("mixin", 0.5)
    assert (Second(0.0, 1.0, steps=10)[5], Second(0.0, 1.0, steps=10)(5)) == (0.5, 0.5)


def test_a_class_of_ones_own() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Mine(pw.Schedule):
        kind = "constant"
        value: float
        steps: Any = None

    mine = Mine(0.25)
    assert [ask(mine, 5) for ask in ENTRIES.values()] == [0.25] * len(ENTRIES)
    _core.quicken(Mine)
    assert [ask(mine, 5) for ask in ENTRIES.values()] == [0.25] * len(ENTRIES)


def test_values_are_what_they_were() -> None:
    assert not vars(JOINED)
    assert weakref.ref(JOINED)() is JOINED
    assert pickle.loads(pickle.dumps(JOINED)) == JOINED
    assert hash(dataclasses.replace(JOINED)) == hash(JOINED)
    copy = dataclasses.replace(pw.Linear(0.0, 1.0, steps=10), steps=20)
    assert (copy(10), copy.lr(10), copy[10]) == (0.5, 0.5, 0.5)


def test_lambda_lr_takes_a_schedule_as_it_is() -> None:
    torch = pytest.importorskip("torch")
    schedule = pw.Linear(0.0, 1.0, steps=4)

    def make() -> Any:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2.0)
        return torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)

    scheduler = make()
    scheduler.optimizer.step()
    scheduler.step()
    resumed = make()
    resumed.load_state_dict(pickle.loads(pickle.dumps(scheduler.state_dict())))
    resumed.optimizer.step()
    resumed.step()
    assert (scheduler.get_last_lr(), resumed.get_last_lr()) == ([0.5], [1.0])
    assert resumed.lr_lambdas == [schedule]


UNMADE = [
    "x(1)", "x(0)", "x(0.0)", "x(-0.0)", "x(5e-324)", "x(step=0)", "x()", "x.lr(0)", "x.lr(0.0)", "x.lr(1)", "x[0]",
    "x[0.0]", "x[1]", "x[:2]", "list(map(x, [0]))", "iter(x)", "list(x)", "0.5 in x", "reversed(x)", "x([0])",
    "x(None)", "x.lr(10**30)", "held(x, 0)", "held(x, 1)",
]  # fmt: skip


@pytest.mark.parametrize("cls", ["pw.Linear", "pw.Join", "pw.Schedule", "pw._core.Program", "Open"])
def test_objects_made_by_new_alone(cls: str) -> None:
    code = f"""
import pywarmup as pw
class Open(pw.Linear): pass
def held(x, step):
    pw._core.set_current(x)
    return pw.lr(step)
for text in {UNMADE!r}:
    x = {cls}.__new__({cls})
    print(text, flush=True)
    try:
        result = eval(text)
    except (TypeError, AttributeError):
        pass
    else:
        raise SystemExit(f"{{text}} gave {{result!r}}")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd="/"
    )
    assert done.returncode == 0, (done.returncode, done.stdout.splitlines()[-1:], done.stderr.splitlines()[-1:])


# Subscripts and sequences.


def test_slices() -> None:
    assert JOINED[:4].tolist() == JOINED[0:4:1].tolist() == JOINED([0, 1, 2, 3]).tolist()
    assert JOINED[2:8:3].tolist() == JOINED([2, 5]).tolist()
    assert len(JOINED[:]) == 100_000
    assert JOINED[np.int64(1) : np.int64(3)].tolist() == JOINED([1, 2]).tolist()
    with pytest.raises(ValueError, match="endless"):
        _ = ENDLESS[:]


def test_as_a_sequence() -> None:
    short = pw.Linear(0.0, 1.0, steps=4)
    assert list(reversed(short)) == [0.75, 0.5, 0.25, 0.0]
    assert np.asarray(short).tolist() == [0.0, 0.25, 0.5, 0.75]
    assert 0.25 in short
    assert 0.3 not in short
    assert operator.itemgetter(1, 2)(short) == (0.25, 0.5)
    with pytest.raises(TypeError):
        short[1] = 2.0  # type: ignore[index]


# Iteration.


@pytest.mark.parametrize("kind", SHAPES | COMBINATORS)
def test_iteration_gives_the_values_in_order(kind: str) -> None:
    for schedule in (SHAPES | COMBINATORS)[kind]:
        values = list(itertools.islice(schedule, 3_000))
        assert all(type(value) is float for value in values)
        count = 3_000 if schedule.total_steps is None else min(3_000, len(schedule))
        assert values == schedule.array(count).tolist()


@pytest.mark.parametrize("count", [1, 7, 8, 9, 23, 24, 25, 255, 256, 257, 1_000, 12_345])
def test_iteration_ends(count: int) -> None:
    schedule = pw.Cosine(1.0, 0.0, steps=count)
    values = iter(schedule)
    assert list(values) == schedule.array().tolist()
    assert next(values, None) is None
    assert list(values) == []
    assert sum(1 for _ in schedule) == count


def test_iteration_of_lengths_that_are_no_integers() -> None:
    assert list(pw.Linear(0.0, 1.0, steps=2.5)) == pw.Linear(0.0, 1.0, steps=2.5)([0, 1, 2]).tolist()
    assert len(list(pw.Linear(0.0, 1.0, steps=0.25))) == 1


def test_iteration_without_end() -> None:
    values = iter(ENDLESS)
    assert list(itertools.islice(values, 1_000)) == ENDLESS.array(1_000).tolist()
    assert next(values) == ENDLESS(1_000)
    assert operator.length_hint(values, -1) == -1
    with pytest.raises(ValueError, match="endless"):
        list(ENDLESS)


def test_iteration_of_an_end_that_is_an_error() -> None:
    assert list(ENDING) == ENDING.array(10).tolist()
    values = iter(ENDING.until(100))
    assert list(itertools.islice(values, 11)) == ENDING(range(11)).tolist()
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^Until: `step` must be a number >= 0 and <= 10, where the .* got 11$"):
            next(values)


def test_iterators_are_independent() -> None:
    first, second = iter(JOINED), iter(JOINED)
    assert iter(first) is first
    assert [next(first) for _ in range(300)] == JOINED.array(300).tolist()
    assert next(second) == JOINED(0)
    assert list(zip(JOINED, JOINED, strict=True))[5] == (JOINED(5), JOINED(5))


def test_length_hints() -> None:
    values = iter(pw.Linear(0.0, 1.0, steps=300))
    for taken in range(300):
        assert operator.length_hint(values) == 300 - taken
        next(values)
    assert operator.length_hint(values) == 0
    assert next(values, None) is None
    assert operator.length_hint(values) == 0


def test_an_iterator_keeps_its_schedule() -> None:
    values = iter(pw.Linear(0.0, 1.0, steps=1_000))
    gc.collect()
    assert sum(values) == pytest.approx(499.5)


def test_a_cycle_through_an_iterator_is_collected() -> None:
    schedule = Open(0.0, 1.0, steps=10)
    found = weakref.ref(schedule)
    vars(schedule)["values"] = iter(schedule)
    del schedule
    gc.collect()
    assert found() is None


# What a call leaves behind.


def all_calls(schedule: pw.Schedule) -> Iterator[Callable[[], Any]]:
    for ask in ENTRIES.values():
        for step in (7, 7.5, 10**6, np.int64(7), np.float64(7.5), np.float32(7.5), Decimal(7), -1, "x", None, 2**70):
            yield functools.partial(ask, schedule, step)
    yield lambda: schedule(1, 2)
    yield lambda: schedule(epoch=1)
    yield lambda: next(iter(schedule))
    yield lambda: list(itertools.islice(schedule, 100))
    yield lambda: schedule[:3]


def test_nothing_is_left_behind() -> None:
    schedule = pw.Linear(0.0, 1.0, steps=10)
    watched = [schedule, type(schedule), type(iter(schedule)), pw.lr, 10**6, 7.5]
    calls = list(all_calls(schedule))

    def ask_all(rounds: int) -> list[int]:
        for call in itertools.chain.from_iterable(itertools.repeat(calls, rounds)):
            with contextlib.suppress(TypeError, ValueError):
                call()
        gc.collect()
        return [sys.getallocatedblocks(), *(sys.getrefcount(thing) for thing in watched)]

    # The interpreter's own caches fill up for a while; a leak in any one call is 50 each time.
    seen = np.array([ask_all(50) for _ in range(7)])
    assert (np.diff(seen, axis=0).min(axis=0) < 50).all(), seen


def test_the_schedule_in_use_is_let_go() -> None:
    before = _core.current()
    schedule = Open(0.0, 1.0, steps=10)
    count = sys.getrefcount(schedule)
    _core.set_current(schedule)
    assert _core.current() is schedule
    for step in (1, 1.5, np.int64(3)):
        pw.lr(step)
    _core.set_current(before)
    assert sys.getrefcount(schedule) == count


def test_classes_are_let_go() -> None:
    def make() -> weakref.ref[type]:
        cls = types.new_class("Passing", (pw.Linear,))
        _core.quicken(cls)
        assert cls(0.0, 1.0, steps=2).lr(1) == cls(0.0, 1.0, steps=2)(1) == 0.5
        return weakref.ref(cls)

    found = make()
    gc.collect()
    assert found() is None
